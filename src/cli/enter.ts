import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { getStatus, getTarget } from '../api/client.ts';
import type { LabLocation } from '../api/locate.ts';
import type { ExecTarget } from '../api/types.ts';
import { LabError } from '../errors.ts';
import { type Command, enterCommand } from '../kernel/enter.ts';

const terminalSignals: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT'];
const sentSignals: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'];

/**
 * Whether this process is in the foreground of its terminal: then the terminal gives its signals (Ctrl-C, Ctrl-\) to
 * the started program by itself. Fields 5 and 8 of proc_pid_stat(5).
 */
function inForeground(): boolean {
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[2] === fields[5];
}

/** The program, which unshare runs as its child without handing signals on. */
function childrenOf(pid: number): number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
    return text.split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

function sendOn(pid: number | undefined, signal: NodeJS.Signals): void {
  for (const child of pid === undefined ? [] : childrenOf(pid)) {
    try {
      process.kill(child, signal);
    } catch {
      // It has just ended.
    }
  }
}

/** The environment of the program: the caller's without the launcher's own variable, and the target's. */
function environment(target: ExecTarget): NodeJS.ProcessEnv {
  const { NODE_COMPILE_CACHE: cache, ...env } = process.env;
  const own = cache === undefined || cache.endsWith('/svclab/node') ? {} : { NODE_COMPILE_CACHE: cache };
  return { ...env, ...own, ...target.env };
}

/** A program to run at a target. */
export interface EnterOptions {
  readonly lab: LabLocation;
  /** As the user typed it: `node1`, `pod/web-0`, `client/laptop`, `fabric`. */
  readonly target: string;
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** What a program wrote, and how it ended. */
export interface Captured {
  readonly status: number | null;
  readonly stdout: string;
}

/** What spawn takes to run a program at a target. Throws `not-found` for an unknown target, `missing-tool`. */
export async function commandAt({
  lab,
  target: name,
  argv,
  env,
}: EnterOptions): Promise<Command & { env: NodeJS.ProcessEnv }> {
  const [status, target] = await Promise.all([getStatus(lab), getTarget(lab, name)]);
  return { ...enterCommand(target, status.pid, status.rootless, argv), env: { ...environment(target), ...env } };
}

/** Runs a program at a target without a terminal. Throws `not-found` for an unknown target, `missing-tool`. */
export async function captureAt({ lab, target: name, argv, env }: EnterOptions): Promise<Captured> {
  const [status, target] = await Promise.all([getStatus(lab), getTarget(lab, name)]);
  const { file, args } = enterCommand(target, status.pid, status.rootless, argv);
  const options = { env: { ...environment(target), ...env } };
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { ...options, stdio: ['ignore', 'pipe', 'ignore'] });
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.once('error', (cause) => reject(new LabError('environment', `cannot run ${file}`, { cause })));
    child.once('close', (code) => resolve({ status: code, stdout }));
  });
}

/**
 * Runs a program at a target with this process's terminal, and gives its exit status: 128 plus the signal's number
 * when a signal ended it. Throws `not-found` for an unknown target, `missing-tool`.
 */
export async function runAt({ lab, target: name, argv, env }: EnterOptions): Promise<number> {
  const [status, target] = await Promise.all([getStatus(lab), getTarget(lab, name)]);
  const { file, args } = enterCommand(target, status.pid, status.rootless, argv);
  const child = spawn(file, args, { stdio: 'inherit', env: { ...environment(target), ...env } });
  const passOn = (signal: NodeJS.Signals) => sendOn(child.pid, signal);
  for (const signal of terminalSignals) process.on(signal, (received) => inForeground() || passOn(received));
  for (const signal of sentSignals) process.on(signal, passOn);
  return new Promise((resolve, reject) => {
    child.once('error', (cause) => reject(new LabError('environment', `cannot run ${file}`, { cause })));
    child.once('exit', (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
  });
}
