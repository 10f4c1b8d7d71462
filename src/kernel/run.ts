import { spawn } from 'node:child_process';
import { LabError } from '../errors.ts';
import { withNetns } from './netns.ts';

/** What a program printed and how it ended. */
export interface RunResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How to run a program. */
export interface RunOptions {
  /** Path of the network namespace to run in; the own one when absent. */
  readonly netns?: string;
  /** Text for its standard input. */
  readonly input?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Exit codes that are not a failure; 0 alone by default. */
  readonly accept?: readonly number[];
}

/**
 * Runs a program to its end, in a network namespace if one is given, with its output collected. Throws `kernel` with
 * the program's own last words when it fails. Equivalent command: `ip netns exec NAME FILE ARGS…`.
 */
export async function run(file: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const start = () =>
    spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'], ...(options.env === undefined ? {} : { env: options.env }) });
  const child = options.netns === undefined ? start() : withNetns(options.netns, start);
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  child.stdin.on('error', () => {});
  child.stdin.end(options.input ?? '');
  const exitCode = await new Promise<number>((resolve, reject) => {
    child.once('error', (cause) => reject(new LabError('kernel', `${file} cannot be run`, { cause })));
    child.once('close', (code) => resolve(code ?? -1));
  });
  const result = { exitCode, stdout: stdout(), stderr: stderr() };
  if (!(options.accept ?? [0]).includes(exitCode)) {
    const words = result.stderr.trim().split('\n').slice(0, 3).join('; ');
    throw new LabError('kernel', `${file} ${args.join(' ')}: ${words || `exit code ${exitCode}`}`);
  }
  return result;
}

function collect(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString('utf8');
}
