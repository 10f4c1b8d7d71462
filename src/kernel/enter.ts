import type { ExecTarget } from '../api/types.ts';
import { fileOf } from '../files.ts';
import { requireTool } from './tools.ts';

const script = fileOf('kernel/enter.sh');
const waiter = fileOf('kernel/wait.sh');

/** A program and its arguments, ready for spawn. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
}

/** What runs a program at a target from inside the lab: in a mount and UTS namespace of its own. */
function inTarget(target: ExecTarget, argv: readonly string[]): string[] {
  return [
    requireTool('unshare'),
    '--mount',
    '--uts',
    '--',
    requireTool('sh'),
    script,
    target.hostname,
    target.files,
    target.workingDir ?? '/',
    ...argv,
  ];
}

/**
 * What runs a program at a target of a lab, from outside the lab. The terminal, signals and the exit status are the
 * program's own. `pid` is the lab's controller. Throws `missing-tool`.
 */
export function enterCommand(target: ExecTarget, pid: number, rootless: boolean, argv: readonly string[]): Command {
  const namespaces = ['--mount', '--pid', '--ipc', `--net=/proc/${pid}/root${target.netns}`];
  const user = rootless ? ['--user', '--preserve-credentials'] : [];
  const wait = [requireTool('sh'), waiter];
  return {
    file: requireTool('nsenter'),
    // A shell forks in place of nsenter, which Ctrl-C would kill, and of unshare, which fails when SIGKILL ends its child.
    args: ['--no-fork', '--target', String(pid), ...user, ...namespaces, '--', ...wait, ...inTarget(target, argv)],
  };
}

/** What runs a program at a target, for the controller itself. Throws `missing-tool`. */
export function insideCommand(target: ExecTarget, argv: readonly string[]): Command {
  return {
    file: requireTool('nsenter'),
    args: [`--net=${target.netns}`, '--', ...inTarget(target, argv)],
  };
}
