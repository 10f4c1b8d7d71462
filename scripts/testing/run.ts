import { join } from 'node:path';
import { execa } from 'execa';
import { readTap, type TestResult } from './tap.ts';

/** Where and how test programs run. */
export interface Surroundings {
  /** The project's folder; for an ordinary user perhaps a copy. */
  readonly root: string;
  /** The Node that runs them. */
  readonly node: string;
  readonly env: Readonly<Record<string, string>>;
  /** Program and arguments put before every command, to become another user. */
  readonly before: readonly string[];
  /** Interrupts what runs when the time of the whole suite is over; ava ends its workers then. */
  readonly signal: AbortSignal;
}

function commandLine(
  { root, node, before }: Surroundings,
  script: string,
  args: readonly string[],
): [string, string[]] {
  const [file = '', ...rest] = [...before, node, join(root, 'node_modules', script), ...args];
  return [file, rest];
}

function optionsFor({ root, env, signal }: Surroundings) {
  return {
    cwd: root,
    env: { FORCE_COLOR: '0', ...env },
    cancelSignal: signal,
    killSignal: 'SIGINT',
    forceKillAfterDelay: 3000,
    reject: false,
    stdin: 'ignore',
  } as const;
}

/** Runs a checker whose exit status is its verdict; it counts as one test, and what it prints is the details. */
export async function runCheck(
  surroundings: Surroundings,
  title: string,
  script: string,
  args: readonly string[],
): Promise<TestResult> {
  const options = { ...optionsFor(surroundings), all: true, lines: true } as const;
  const { exitCode, all } = await execa(...commandLine(surroundings, script, args), options);
  return { outcome: exitCode === 0 ? 'passed' : 'failed', title, details: all };
}

/** Runs test files in one ava and tells of each test as it ends. A file that hangs or crashes is a failed test. */
export async function runAva(
  surroundings: Surroundings,
  files: readonly string[],
  tell: (result: TestResult) => void,
): Promise<void> {
  const options = { ...optionsFor(surroundings), stderr: 'inherit', buffer: false } as const;
  const child = execa(...commandLine(surroundings, 'ava/entrypoints/cli.mjs', ['--tap', ...files]), options);
  const reader = readTap();
  for await (const line of child) {
    const result = reader.line(line);
    if (result !== undefined) tell(result);
  }
  const { exitCode } = await child;
  for (const result of reader.end(exitCode)) tell(result);
}
