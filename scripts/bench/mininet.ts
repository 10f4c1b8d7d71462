import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { requireTool } from '../../src/kernel/tools.ts';

/** Where `mn` is installed; undefined where it is not. */
export function findMininet(path: string = process.env.PATH ?? ''): string | undefined {
  const candidates = [...path.split(delimiter), '/usr/bin', '/usr/local/bin'].map((directory) => join(directory, 'mn'));
  return candidates.find((candidate) => {
    try {
      accessSync(candidate, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/**
 * Starts a Mininet of hosts on Linux bridges in a row, in private namespaces, and ends it; gives the milliseconds until
 * its prompt would be there. Throws with its last words when it fails.
 */
export async function startMininet(mn: string, switches: number, hostsPerSwitch: number): Promise<number> {
  const topology = `linear,${switches},${hostsPerSwitch}`;
  const namespaces = ['--mount', '--net', '--pid', '--fork', '--kill-child', '--mount-proc'];
  const options = ['--switch', 'lxbr', '--controller', 'none', '--topo', topology];
  const startedAt = performance.now();
  const child = spawn(requireTool('unshare'), [...namespaces, mn, ...options], { stdio: ['ignore', 'pipe', 'pipe'] });
  let words = '';
  let ready: number | undefined;
  const hear = (chunk: Buffer): void => {
    words += chunk.toString();
    if (words.includes('*** Starting CLI')) ready ??= performance.now() - startedAt;
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  await once(child, 'close');
  if (ready === undefined) throw new Error(`mn ${options.join(' ')}: ${words.trim().split('\n').slice(-3).join('; ')}`);
  return ready;
}
