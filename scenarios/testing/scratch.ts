import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { execa } from 'execa';
import { requireTool } from '../../src/kernel/tools.ts';

/** The project's folder. */
export const root = join(import.meta.dirname, '../..');
/** The command under test. */
export const svclabPath = join(root, 'bin/svclab');

/** Milliseconds that a test may take on a machine that has much else to do. */
export const patience = 600_000;

/** How a command ended and what it printed. */
export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Further ways to run a command. */
export interface CommandOptions {
  /** Text for its standard input; nothing to read when absent. */
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Program and arguments put before it. */
  readonly before?: readonly string[];
  /** Interrupts it, as Ctrl-C does. */
  readonly interrupt?: AbortSignal;
}

/** A temporary place for labs that no other test sees; all that is in it ends with the test. */
export class Scratch {
  readonly directory: string;
  /** SVCLAB_RUN_DIR of the commands. */
  readonly runDirectory: string;
  #files = 0;

  constructor(directory: string) {
    this.directory = directory;
    this.runDirectory = join(directory, 'run');
    mkdirSync(this.runDirectory, { mode: 0o700 });
  }

  /** Writes a file and gives its path. */
  file(text: string, name = `${this.#files++}.yaml`): string {
    const path = join(this.directory, name);
    writeFileSync(path, text);
    return path;
  }

  /** Environment of the commands: of svclab's own variables only the run directory is set. */
  get env(): Record<string, string> {
    const kept = Object.entries(process.env).filter(([name, value]) => value !== undefined && !/^SVCLAB_/.test(name));
    return { ...(Object.fromEntries(kept) as Record<string, string>), SVCLAB_RUN_DIR: this.runDirectory };
  }

  /** Runs `svclab` to its end. */
  svclab(...args: readonly string[]): Promise<CommandResult> {
    return this.run(args);
  }

  /** Runs `svclab` to its end, with more to say about how. */
  async run(args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
    const { input = '', env = {}, cwd = root, before = [], interrupt } = options;
    const [file = svclabPath, ...rest] = [...before, svclabPath, ...args];
    const result = await execa(file, rest, {
      cwd,
      input,
      env: { ...this.env, ...env },
      extendEnv: false,
      reject: false,
      stripFinalNewline: false,
      killSignal: 'SIGINT',
      maxBuffer: 1e9,
      ...(interrupt === undefined ? {} : { cancelSignal: interrupt }),
    });
    const { stdout, stderr, exitCode = -1 } = result;
    return { exitCode, stdout, stderr };
  }
}

/** A place for labs, and what ends it with all that is in it. */
export interface OpenScratch {
  readonly scratch: Scratch;
  readonly close: () => Promise<void>;
}

/** Makes a place that is cleared away by `close`, or when this process ends without it. */
export function openScratch(): OpenScratch {
  const scratch = new Scratch(mkdtempSync(join(tmpdir(), 'lab-')));
  const guard = spawn(requireTool('sh'), [join(import.meta.dirname, 'guard.sh')], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { ...scratch.env, SVCLAB: svclabPath, SCRATCH: scratch.directory },
  });
  const gone = once(guard, 'exit');
  const close = async () => {
    guard.stdin.end();
    await gone;
  };
  return { scratch, close };
}

/** Gives the body a place of its own, and clears it away whatever happens. */
export async function withScratch(t: ExecutionContext, body: (scratch: Scratch) => Promise<void>): Promise<void> {
  t.timeout(patience);
  const { scratch, close } = openScratch();
  try {
    await body(scratch);
  } finally {
    await close();
  }
}
