import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** A file below /proc; empty when the process has just ended. */
function read(path: string): string {
  try {
    return readFileSync(`/proc/${path}`, 'utf8');
  } catch {
    return '';
  }
}

/** What `ps -o comm=` shows. */
export function nameOf(pid: number): string {
  return read(`${pid}/comm`).trim();
}

/** The direct children of a process. */
export function childrenOf(pid: number): readonly number[] {
  return read(`${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number);
}

/** Ended, and only its parent has not asked yet how: the machine's first process may take seconds for that. */
function hasEnded(pid: number): boolean {
  const stat = read(`${pid}/stat`);
  return stat === '' || stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z');
}

function allProcesses(): readonly number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => !hasEnded(pid));
}

/** All processes whose command line names the text, such as a lab's directory; not this process. */
export function processesNaming(text: string): readonly number[] {
  return allProcesses().filter((pid) => pid !== process.pid && read(`${pid}/cmdline`).includes(text));
}

/** Sends a signal, SIGKILL unless said otherwise; a process that has just ended is fine. */
export function kill(pid: number, signal: NodeJS.Signals = 'SIGKILL'): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function namespaceOf(pid: number | 'self', kind: string): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/${kind}`);
  } catch {
    return undefined;
  }
}

const kinds = ['mnt', 'net', 'pid', 'user', 'uts', 'ipc'];

/** Ids, such as `net:[4026531840]`, of the namespaces of a process that are not this process's own. */
export function ownNamespaces(pid: number): ReadonlySet<string> {
  const found = kinds.map((kind) => namespaceOf(pid, kind));
  const here = new Set(kinds.map((kind) => namespaceOf('self', kind)));
  return new Set(found.filter((id) => id !== undefined && !here.has(id)) as string[]);
}

/** The processes in any of these namespaces. */
export function processesIn(namespaces: ReadonlySet<string>): readonly number[] {
  return allProcesses().filter((pid) => kinds.some((kind) => namespaces.has(namespaceOf(pid, kind) ?? '')));
}
