import { closeSync, mkdirSync, openSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { CLONE_NEWNET, MS_BIND, mount, setns, umountDetach, unshare } from './libc.ts';

/** Where named network namespaces are mounted, as iproute2 has it. */
export const netnsDirectory = '/run/netns';

let home: number | undefined;

function homeDescriptor(): number {
  home ??= openSync('/proc/self/ns/net', 'r');
  return home;
}

/** Path of a named network namespace. */
export function netnsPath(name: string): string {
  return join(netnsDirectory, name);
}

/**
 * Runs fn on the main thread inside the network namespace at the path, and comes back. fn must be synchronous: what it
 * leaves for later runs in the namespace that the process came from. Throws `kernel` when the namespace cannot be entered.
 * Equivalent command: `nsenter --net=PATH`.
 */
export function withNetns<T>(path: string, fn: () => T): T {
  const back = homeDescriptor();
  const fd = openSync(path, 'r');
  try {
    setns(fd, CLONE_NEWNET);
  } finally {
    closeSync(fd);
  }
  try {
    return fn();
  } finally {
    setns(back, CLONE_NEWNET);
  }
}

/** Makes a named network namespace. Throws `kernel`. Equivalent command: `ip netns add NAME`. */
export function addNetns(name: string): void {
  const back = homeDescriptor();
  const path = netnsPath(name);
  mkdirSync(netnsDirectory, { recursive: true });
  closeSync(openSync(path, 'wx', 0o444));
  try {
    unshare(CLONE_NEWNET);
    mount('/proc/thread-self/ns/net', path, 'none', MS_BIND);
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  } finally {
    setns(back, CLONE_NEWNET);
  }
}

/** Removes a named network namespace; it ends when nothing else holds it. Equivalent command: `ip netns del NAME`. */
export function deleteNetns(name: string): void {
  umountDetach(netnsPath(name));
  rmSync(netnsPath(name), { force: true });
}

/** Names of the network namespaces that are mounted. Equivalent command: `ip netns list`. */
export function listNetns(): string[] {
  try {
    return readdirSync(netnsDirectory);
  } catch {
    return [];
  }
}
