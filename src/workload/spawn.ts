import { type ChildProcess, spawn } from 'node:child_process';
import type { ExecTarget } from '../api/types.ts';
import { insideCommand } from '../kernel/enter.ts';
import type { Environment } from './environment.ts';

export interface SpawnOptions {
  readonly env: Environment;
  readonly cwd: string;
}

/**
 * Starts a program at a target of the lab, as the leader of a process group of its own, with its output piped and no
 * standard input. No shell reads argv.
 */
export type SpawnIn = (target: ExecTarget, argv: readonly string[], options: SpawnOptions) => ChildProcess;

/** SpawnIn for the controller itself: enters the target's network namespace and lays its files over the root. */
export const spawnInside: SpawnIn = (target, argv, { env, cwd }) => {
  const { file, args } = insideCommand({ ...target, workingDir: cwd }, argv);
  return spawn(file, args, { env: { ...env }, cwd: '/', detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
};

/** Signals a child's whole process group; one that is gone is no fault. */
export function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    child.kill(signal);
  }
}

/** Exit code of a child, as a container's: 128 and the signal's number when a signal ended it, undefined if it never ran. */
export function exited(child: ChildProcess): Promise<number | undefined> {
  const { promise, resolve } = Promise.withResolvers<number | undefined>();
  child.once('error', () => resolve(undefined));
  child.once('exit', (code, signal) => resolve(code ?? 128 + signalNumber(signal)));
  return promise;
}

function signalNumber(signal: NodeJS.Signals | null): number {
  const numbers: Partial<Record<NodeJS.Signals, number>> = {
    SIGINT: 2,
    SIGABRT: 6,
    SIGKILL: 9,
    SIGSEGV: 11,
    SIGTERM: 15,
  };
  return signal === null ? 0 : (numbers[signal] ?? 1);
}
