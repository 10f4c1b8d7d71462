import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { constants } from 'node:os';
import type { ExecutionContext } from 'ava';
import { until } from './lab.ts';
import { childrenOf, describeProcess, isAlive, isSandboxed, type Process, processesNaming } from './processes.ts';
import { type Scratch, svclabPath } from './scratch.ts';

/** What is still there of labs, one line each: their processes, and files. */
function leftovers(scratch: Scratch, processes: readonly Process[]): string[] {
  const pids = new Set([
    ...processesNaming(`${scratch.runDirectory}/`),
    ...processes.filter(isAlive).map(({ pid }) => pid),
  ]);
  return [...pids].map(describeProcess).concat(readdirSync(scratch.runDirectory));
}

/**
 * Fails unless all that belongs to labs goes away by itself; `processes` are those of a lab that are known. Returns how
 * long that took, in milliseconds.
 */
export async function assertNothingLeft(
  t: ExecutionContext,
  scratch: Scratch,
  processes: readonly Process[],
  what: string,
): Promise<number> {
  const start = performance.now();
  await until(() => leftovers(scratch, processes).length === 0);
  t.deepEqual(leftovers(scratch, processes), [], what);
  return performance.now() - start;
}

/** A lab's processes on the machine, from outside in. */
export interface LabProcesses {
  readonly supervisor: number;
  readonly unshare: number;
  readonly controller: number;
}

/** The processes of the lab in this place, or undefined while they are not all there. */
export function labProcesses(scratch: Scratch): LabProcesses | undefined {
  for (const supervisor of processesNaming(`${scratch.runDirectory}/`)) {
    const [unshare] = childrenOf(supervisor);
    const [controller] = unshare === undefined ? [] : childrenOf(unshare);
    if (unshare !== undefined && controller !== undefined && isSandboxed(controller)) {
      return { supervisor, unshare, controller };
    }
  }
  return undefined;
}

/** A command that runs while the test does something to its lab. */
export interface Running {
  readonly pid: number;
  /** Its first words on standard output. */
  readonly output: Promise<string>;
  /** As a shell tells it: 128 plus the signal's number when a signal ended it. */
  readonly ended: Promise<{ readonly exitCode: number; readonly stderr: string }>;
}

/** Starts `svclab` and goes on. */
export function start(scratch: Scratch, ...args: readonly string[]): Running {
  const child = spawn(svclabPath, args, { env: scratch.env, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = new Promise<string>((resolve) => child.stdout.once('data', (chunk) => resolve(String(chunk))));
  child.stdout.resume();
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const ended = new Promise<{ exitCode: number; stderr: string }>((resolve) => {
    child.once('close', (code, signal) =>
      resolve({ exitCode: code ?? 128 + constants.signals[signal ?? 'SIGKILL'], stderr }),
    );
  });
  return { pid: child.pid ?? 0, output, ended };
}

/** Numbers from 0 to 1 that follow from the seed alone (mulberry32). */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
