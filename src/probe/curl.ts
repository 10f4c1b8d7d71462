import { mkdtemp, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { LabError } from '../errors.ts';
import { type Command, insideCommand } from '../kernel/enter.ts';
import { run } from '../kernel/run.ts';
import { requireTool } from '../kernel/tools.ts';
import { curlArguments, curlConfig } from './curl-config.ts';
import { parseCurlOutput } from './curl-output.ts';
import { mapLimit } from './pool.ts';
import type { ProbeAnswer, ProbeContext, ProbeRequest } from './types.ts';

const processes = 8;
const perProcess = 256;
const bodyBytes = 4096;

interface Indexed {
  readonly index: number;
  readonly request: ProbeRequest;
}

/** Requests that one curl process can make together: same network namespace and files, same timeout. */
function batches(requests: readonly ProbeRequest[]): Indexed[][] {
  const groups = Map.groupBy(
    requests.map((request, index) => ({ index, request })),
    ({ request }) => `${request.timeoutMs} ${request.netns} ${request.place?.files ?? ''}`,
  );
  return [...groups.values()].flatMap((group) =>
    Array.from({ length: Math.ceil(group.length / perProcess) }, (_, i) =>
      group.slice(i * perProcess, (i + 1) * perProcess),
    ),
  );
}

async function readStart(path: string): Promise<string | undefined> {
  const file = await open(path, 'r').catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(bodyBytes), 0, bodyBytes, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}

/** Names are looked up with the files of the place; addresses need only its network. */
function commandFor(requests: readonly ProbeRequest[]): Command & { readonly netns?: string } {
  const curl = requireTool('curl');
  const [{ netns, place } = {}] = requests;
  if (place !== undefined && requests.some(({ to }) => 'name' in to))
    return insideCommand(place, [curl, ...curlArguments]);
  return { file: curl, args: curlArguments, ...(netns === undefined ? {} : { netns }) };
}

async function runCurl(batch: readonly Indexed[], directory: string | undefined): Promise<Map<number, ProbeAnswer>> {
  const outputs = batch.map((_, at) => (directory === undefined ? '/dev/null' : join(directory, String(at))));
  const requests = batch.map(({ request }) => request);
  const { file, args, netns } = commandFor(requests);
  const { stdout, stderr, exitCode } = await run(file, args, {
    ...(netns === undefined ? {} : { netns }),
    input: curlConfig(requests, outputs),
    accept: Array.from({ length: 128 }, (_, code) => code),
  });
  const answers = new Map<number, ProbeAnswer>();
  for (const { index, answer } of parseCurlOutput(stdout, stderr)) {
    const body = directory === undefined ? undefined : await readStart(outputs[index] ?? '');
    answers.set(index, body === undefined ? answer : { ...answer, body });
  }
  if (answers.size < batch.length) {
    const words = stderr.trim().split('\n').at(-1) ?? '';
    throw new LabError(
      'kernel',
      `curl gave ${answers.size} answers to ${batch.length} requests (exit ${exitCode}): ${words}`,
    );
  }
  return answers;
}

async function withDirectory<T>(
  parent: string | undefined,
  fn: (directory: string | undefined) => Promise<T>,
): Promise<T> {
  if (parent === undefined) return fn(undefined);
  const directory = await mkdtemp(join(parent, 'curl-'));
  try {
    return await fn(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/**
 * Tries HTTP requests with the real curl: one process for each network namespace, eight at once, every transfer on a
 * connection of its own. Throws `missing-tool` without curl, and `kernel` when it cannot be run.
 */
export async function probeWithCurl(
  requests: readonly ProbeRequest[],
  context: ProbeContext = {},
): Promise<readonly ProbeAnswer[]> {
  const answers: ProbeAnswer[] = [];
  await mapLimit(batches(requests), processes, async (batch) => {
    const found = await withDirectory(context.bodyDirectory, (directory) => runCurl(batch, directory));
    for (const [at, answer] of found) {
      const index = batch[at]?.index;
      if (index !== undefined) answers[index] = answer;
    }
  });
  return answers;
}
