import { execa } from 'execa';
import { requireTool, type ToolName } from '../kernel/tools.ts';

/** Whether this process is root, so that labs need no user namespace. */
export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** How a program ended, and the last thing it said. */
export interface Attempt {
  readonly ok: boolean;
  readonly stdout: string;
  /** First line of what it complained about. */
  readonly fault: string;
}

/** Namespaces of their own to try things in, as those of a lab; gone when ended. */
export interface Sandbox {
  /** Runs a program there. Never throws for a program that fails. Throws `missing-tool`. */
  readonly attempt: (tool: ToolName, ...args: readonly string[]) => Promise<Attempt>;
  readonly end: () => Promise<void>;
}

/** Runs a program on the host, with its output collected and a limit of 5 s. Throws `missing-tool`. */
export async function attempt(tool: ToolName, ...args: readonly string[]): Promise<Attempt> {
  const result = await execa(requireTool(tool), args, {
    reject: false,
    timeout: 5000,
    stdin: 'ignore',
    env: { LC_ALL: 'C' },
  });
  const words = result.stderr || result.stdout || result.shortMessage || '';
  const [fault = ''] = words
    .trim()
    .replace(/^Error: /, '')
    .split('\n');
  return { ok: result.exitCode === 0, stdout: result.stdout, fault };
}

/**
 * Makes the sandbox: network and mount namespaces and, when not root, a user namespace, with an empty /run. Gives the
 * kernel's complaint when it refuses. Equivalent command: `unshare --net --mount [--user --map-root-user] cat`.
 */
export async function makeSandbox(): Promise<Sandbox | string> {
  const user = isRoot() ? [] : ['--user', '--map-root-user'];
  const holder = execa(requireTool('unshare'), [...user, '--net', '--mount', '--', requireTool('cat')], {
    reject: false,
    stdin: 'pipe',
    buffer: { stdout: false },
  });
  holder.stdin.on('error', () => {
    // A holder that could not start tells why by its exit.
  });
  holder.stdin.write('ready\n');
  const ready = await Promise.race([new Promise((resolve) => holder.stdout.once('data', resolve)), holder]);
  if (!Buffer.isBuffer(ready)) return (await holder).stderr?.trim() || 'unshare failed';

  const inside = isRoot() ? [] : ['--user', '--preserve-credentials'];
  const enter = ['--target', String(holder.pid), ...inside, '--net', '--mount', '--'];
  const sandbox: Sandbox = {
    attempt: (tool, ...args) => attempt('nsenter', ...enter, requireTool(tool), ...args),
    end: async () => {
      holder.stdin.end();
      await holder;
    },
  };
  await sandbox.attempt('mount', '-t', 'tmpfs', 'tmpfs', '/run');
  return sandbox;
}
