import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type Scratch, svclabPath } from '../../scenarios/testing/scratch.ts';

/** How a command is run. */
export interface CommandOptions {
  readonly env?: NodeJS.ProcessEnv;
}

/** Runs a command to its end; gives milliseconds. Throws with its last words when it fails. */
export async function timeCommand(argv: readonly string[], { env }: CommandOptions = {}): Promise<number> {
  const [file = '', ...args] = argv;
  const startedAt = performance.now();
  const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'pipe'], ...(env === undefined ? {} : { env }) });
  let words = '';
  child.stderr.on('data', (chunk: Buffer) => {
    words += chunk.toString();
  });
  const exited = once(child, 'exit').then(([code]) => ({ code, milliseconds: performance.now() - startedAt }));
  const [{ code, milliseconds }] = await Promise.all([exited, once(child, 'close')]);
  if (code !== 0) throw new Error(`${argv.join(' ')}: exit code ${code}: ${words.trim()}`);
  return milliseconds;
}

/** Runs `svclab` to its end; gives milliseconds. Throws when it fails. */
export function timeSvclab(scratch: Scratch, ...args: readonly string[]): Promise<number> {
  return timeCommand([svclabPath, ...args], { env: scratch.env });
}
