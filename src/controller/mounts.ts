import { mkdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { programOf } from '../files.ts';
import { MS_NODEV, MS_NOEXEC, MS_NOSUID, mount } from '../kernel/libc.ts';
import { iptablesVariant } from '../kernel/netfilter.ts';
import { netnsDirectory } from '../kernel/netns.ts';
import { findTool, type ToolName } from '../kernel/tools.ts';

/** Whether the lab runs in a user namespace, where root is an ordinary user of the machine. */
export function isRootless(): boolean {
  return !/^\s*0\s+0\s+4294967295\s*$/.test(readFileSync('/proc/self/uid_map', 'utf8'));
}

/**
 * Gives the lab a /proc that shows its own processes, and returns the process id that the caller had in the one before:
 * the controller's, as the machine sees it.
 */
export function mountPrivateProc(): number {
  const pid = Number(readlinkSync('/proc/self'));
  mount('proc', '/proc', 'proc', MS_NOSUID | MS_NODEV | MS_NOEXEC);
  return pid;
}

/** Programs that a lab puts before the machine's own. */
export const binDirectory = '/run/svclab/bin';
/** What those programs need. */
const libraryDirectory = '/run/svclab/lib';

const legacyPrograms = ['iptables', 'ip6tables'].flatMap((name) => [name, `${name}-save`, `${name}-restore`]);

/** Gives the lab a /run of its own, which ends with it: named network namespaces, files of the targets, programs. */
export function mountPrivateRun(rootless: boolean): void {
  mount('svclab', '/run', 'tmpfs', MS_NOSUID | MS_NODEV, 'mode=0755');
  for (const directory of [netnsDirectory, binDirectory, '/run/svclab/files', '/run/svclab/locks', '/run/lock']) {
    mkdirSync(directory, { recursive: true });
  }
  linkIptables();
  if (rootless) wrapTcpdump();
}

/** `iptables` in a node is the variant that the lab's rules are loaded with. */
function linkIptables(): void {
  const variant = iptablesVariant();
  for (const name of legacyPrograms) {
    const [family = '', action] = name.split('-');
    const tool = findTool([family, variant, ...(action === undefined ? [] : [action])].join('-') as ToolName);
    if (tool !== undefined) symlinkSync(tool, join(binDirectory, name));
  }
}

/**
 * tcpdump as root becomes another user, which a user namespace of one user does not have; and it sets its groups even
 * when told to stay root.
 */
function wrapTcpdump(): void {
  const tool = findTool('tcpdump');
  if (tool === undefined) return;
  mkdirSync(libraryDirectory);
  symlinkSync(process.execPath, join(libraryDirectory, 'node'));
  symlinkSync(programOf('kernel/keep-groups'), join(libraryDirectory, 'keep-groups'));
  const text = `#!/bin/sh\nexec ${libraryDirectory}/node ${libraryDirectory}/keep-groups ${tool} -Z root "$@"\n`;
  writeFileSync(join(binDirectory, basename(tool)), text, { mode: 0o755 });
}
