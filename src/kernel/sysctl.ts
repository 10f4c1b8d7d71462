import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { LabError } from '../errors.ts';
import type { Sysctl } from '../plan/desired.ts';
import { loadConntrack } from './conntrack.ts';

/** File of a sysctl key: dots become slashes, and a slash inside a name a dot, as sysctl(8) has it. */
function sysctlPath(key: string): string {
  return `/proc/sys/${key.replace(/[./]/g, (character) => (character === '.' ? '/' : '.'))}`;
}

/**
 * Sets a sysctl of the network namespace that the calling thread is in. Throws `environment` when the kernel does not
 * know it. Equivalent command: `sysctl -w KEY=VALUE`.
 */
export function writeSysctl({ key, value }: Sysctl): void {
  const path = sysctlPath(key);
  try {
    if (key.startsWith('net.netfilter.nf_conntrack') && !existsSync(path)) loadConntrack();
    writeFileSync(path, value);
  } catch (error) {
    throw new LabError('environment', `sysctl ${key} cannot be set to ${value}`, {
      cause: error,
      hint: 'Run `svclab doctor`: a kernel module may be missing.',
    });
  }
}

/** Value of a sysctl in the current network namespace, undefined when there is none. */
export function readSysctl(key: string): string | undefined {
  try {
    return readFileSync(sysctlPath(key), 'utf8').trim();
  } catch {
    return undefined;
  }
}
