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

/** A process for people: its id, its parent's, and its command line. */
export function describeProcess(pid: number): string {
  const [, parent = '?'] = /^PPid:\t(\d+)$/m.exec(read(`${pid}/status`)) ?? [];
  return `process ${pid} of ${parent}: ${read(`${pid}/cmdline`).replaceAll('\0', ' ')}`;
}

/** The direct children of a process. */
export function childrenOf(pid: number): readonly number[] {
  return read(`${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number);
}

/** Fields of proc_pid_stat(5) from the third on. */
function stat(pid: number): readonly string[] {
  const text = read(`${pid}/stat`);
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}

/** Ended, and only its parent has not asked yet how: the machine's first process may take seconds for that. */
function hasEnded(pid: number): boolean {
  const [state = ''] = stat(pid);
  return state === '' || state === 'Z';
}

/** A process that no later one with the same id is taken for. */
export interface Process {
  readonly pid: number;
  /** Clock ticks since the machine started. */
  readonly since: string;
}

/** Whether the process still runs. */
export function isAlive({ pid, since }: Process): boolean {
  return !hasEnded(pid) && stat(pid)[19] === since;
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

/**
 * The processes in the namespaces of this one that are not the test's own. To be asked while they run: the kernel gives
 * the id of a namespace that is gone to the next one, which may be anybody's.
 */
export function companionsOf(pid: number): readonly Process[] {
  const here = new Set(kinds.map((kind) => namespaceOf('self', kind)));
  const own = new Set(kinds.map((kind) => namespaceOf(pid, kind)).filter((id) => id !== undefined && !here.has(id)));
  return allProcesses()
    .filter((other) => kinds.some((kind) => own.has(namespaceOf(other, kind))))
    .map((other) => ({ pid: other, since: stat(other)[19] ?? '' }));
}

/** Whether the process has a network namespace of its own. */
export function isSandboxed(pid: number): boolean {
  const net = namespaceOf(pid, 'net');
  return net !== undefined && net !== namespaceOf('self', 'net');
}
