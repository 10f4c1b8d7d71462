import { readdirSync, readFileSync } from 'node:fs';

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

/** All processes whose command line names the text, such as a lab's directory; not this process. */
export function processesNaming(text: string): readonly number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => pid !== process.pid && read(`${pid}/cmdline`).includes(text));
}

/** Sends SIGKILL; a process that has just ended is fine. */
export function kill9(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
