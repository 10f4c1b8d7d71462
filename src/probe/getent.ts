import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExecTarget } from '../api/types.ts';
import { fileOf } from '../files.ts';
import { insideCommand } from '../kernel/enter.ts';
import { run } from '../kernel/run.ts';
import { requireTool } from '../kernel/tools.ts';
import { type IP, tryParseIP } from '../net/address.ts';

const together = 64;

/** The addresses that `getent ahosts` printed, in its order. */
function parseAhosts(text: string): readonly IP[] {
  const addresses = text.split('\n').flatMap((line) => tryParseIP(line.split(/\s/, 1)[0] ?? '') ?? []);
  return [...new Set(addresses)];
}

async function lookUpSome(place: ExecTarget, names: readonly string[], timeoutMs: number): Promise<readonly IP[][]> {
  const directory = await mkdtemp('/run/svclab/getent-');
  try {
    const fixed = [directory, String(Math.max(1, timeoutMs / 1000)), requireTool('timeout'), requireTool('getent')];
    const script = fileOf('probe/getent.sh');
    const { file, args } = insideCommand(place, [requireTool('sh'), script, ...fixed, ...names]);
    await run(file, args);
    return await Promise.all(
      names.map(async (_, at) => [...parseAhosts(await readFile(join(directory, String(at)), 'utf8'))]),
    );
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/**
 * Looks names up as a program of the place does, all at once. Gives each one's addresses in the order in which to try
 * them; none when the name has none, or nobody answers in time. Throws `missing-tool` and `kernel`. Equivalent command:
 * `getent ahosts NAME`.
 */
export async function lookUpNames(
  place: ExecTarget,
  names: readonly string[],
  timeoutMs: number,
): Promise<ReadonlyMap<string, readonly IP[]>> {
  const all = [...new Set(names)];
  const found = new Map<string, readonly IP[]>();
  for (let from = 0; from < all.length; from += together) {
    const some = all.slice(from, from + together);
    const addresses = await lookUpSome(place, some, timeoutMs);
    for (const [at, name] of some.entries()) found.set(name, addresses[at] ?? []);
  }
  return found;
}
