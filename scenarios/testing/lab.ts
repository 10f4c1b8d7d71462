import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ExecutionContext, TestFn } from 'ava';
import type { Connection, LabStatus, VerifyReport } from '../../src/api/types.ts';
import {
  type CommandOptions,
  type CommandResult,
  type OpenScratch,
  openScratch,
  patience,
  root,
  type Scratch,
  withScratch,
} from './scratch.ts';

/** The lab that the guide begins with. */
export const quickstart = join(root, 'lab/quickstart');

/** A lab that runs, as its user sees it: through the command alone. */
export class RunningLab {
  readonly scratch: Scratch;
  readonly name: string;

  constructor(scratch: Scratch, name: string) {
    this.scratch = scratch;
    this.name = name;
  }

  /** Runs a command of this lab to its end. */
  svclab(...args: readonly string[]): Promise<CommandResult> {
    return this.run(args);
  }

  /** Runs a command of this lab to its end, with more to say about how. */
  run([command = '', ...args]: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
    return this.scratch.run([command, '--lab', this.name, ...args], options);
  }

  /** What a command prints with `-o json`. Throws when it fails; 1, for a mismatch, is no failure. */
  async json<T>(...args: readonly string[]): Promise<T> {
    const result = await this.svclab(...args, '-o', 'json');
    if (result.exitCode > 1) throw new Error(`svclab ${args.join(' ')}: ${result.stderr}`);
    return JSON.parse(result.stdout);
  }

  /** What a program prints at a target. Throws when it fails. */
  async exec(target: string, ...argv: readonly string[]): Promise<string> {
    const result = await this.svclab('exec', target, '--', ...argv);
    if (result.exitCode === 0) return result.stdout;
    throw new Error(`${target}: ${argv.join(' ')}: exit code ${result.exitCode}: ${result.stderr}`);
  }

  /** Applies manifests given as text. Throws when that fails. */
  async apply(yaml: string): Promise<string> {
    const result = await this.run(['apply', '-f', '-'], { input: yaml });
    if (result.exitCode === 0) return result.stdout;
    throw new Error(`svclab apply: ${result.stderr}`);
  }

  status(): Promise<LabStatus> {
    return this.json('status');
  }

  verify(...filters: readonly string[]): Promise<VerifyReport> {
    return this.json('verify', ...filters);
  }

  curl(from: string, to: string, count = 1): Promise<Connection> {
    return this.json('curl', from, to, '-n', String(count));
  }
}

/** A text of several lines is a manifest; anything else a path. */
function pathOf(scratch: Scratch, manifest: string): string {
  return manifest.includes('\n') ? scratch.file(manifest) : manifest;
}

/** Starts a lab of these manifests in a place of its own. Throws when it does not come up. */
export async function startLab(scratch: Scratch, manifests: readonly string[], name = 'x'): Promise<RunningLab> {
  const files = manifests.flatMap((manifest) => ['-f', pathOf(scratch, manifest)]);
  const { exitCode, stderr } = await scratch.svclab('up', '--name', name, '--timeout', '120s', ...files);
  if (exitCode !== 0) throw new Error(`svclab up: ${stderr}`);
  return new RunningLab(scratch, name);
}

/** Runs the body with a lab of these manifests, paths or texts, and takes the lab down, whatever happens. */
export function withLab(
  t: ExecutionContext,
  manifests: readonly string[],
  body: (lab: RunningLab) => Promise<void>,
): Promise<void> {
  return withScratch(t, async (scratch) => body(await startLab(scratch, manifests)));
}

/** One lab for all tests of a file, which have to run one after the other. */
export function sharedLab(test: TestFn, manifests: readonly string[]): () => RunningLab {
  let place: OpenScratch | undefined;
  let lab: RunningLab | undefined;
  test.before(async (t) => {
    t.timeout(patience);
    place = openScratch();
    lab = await startLab(place.scratch, manifests);
  });
  test.beforeEach((t) => t.timeout(patience));
  test.after.always(async () => place?.close());
  return () => {
    if (lab === undefined) throw new Error('the lab did not come up');
    return lab;
  };
}

/** Asks again and again until it is so; false when it is not within two minutes. */
export async function until(what: () => boolean | Promise<boolean>): Promise<boolean> {
  for (const end = Date.now() + 120_000; Date.now() < end; await sleep(50)) if (await what()) return true;
  return false;
}
