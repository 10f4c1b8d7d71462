import { basename } from 'node:path';
import { createInterface } from 'node:readline';
import { execa } from 'execa';
import { requireTool } from '../../src/kernel/tools.ts';

/** How a worker is run. */
export interface WorkerOptions {
  /** Path of the program, a module that calls `reply`. */
  readonly program: string;
  /** What it is told; plain data. */
  readonly input: unknown;
  /** Hears what the worker tells meanwhile. */
  readonly tell: (text: string) => void;
  readonly nodeOptions?: readonly string[];
}

/**
 * Runs a program as root of private mount and network namespaces (and of a user namespace, unless the caller is root),
 * much as a lab's controller is, and gives what it replied. Throws when it fails.
 */
export async function runWorker<T>({ program, input, tell, nodeOptions = [] }: WorkerOptions): Promise<T> {
  const user = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];
  const namespaces = ['--net', '--mount', '--fork', '--kill-child'];
  // The controller's own flag: see src/controller/launch.ts.
  const node = [process.execPath, '--max-semi-space-size=8', ...nodeOptions, program];
  const child = execa(requireTool('unshare'), [...user, ...namespaces, ...node], {
    input: JSON.stringify(input),
    maxBuffer: 1e9,
    reject: false,
  });
  createInterface({ input: child.stderr }).on('line', tell);
  const { stdout, exitCode } = await child;
  if (exitCode !== 0) throw new Error(`${basename(program)} failed; its last words are above`);
  return JSON.parse(stdout) as T;
}
