import { accessSync, constants } from 'node:fs';
import { LabError } from '../errors.ts';

/** Where Debian keeps system programs. node_modules/.bin is left out on purpose: its `nft` is not nftables. */
const directories = ['/usr/sbin', '/usr/bin', '/sbin', '/bin'] as const;

/** Debian package of each system program that svclab may run. */
export const toolPackages = {
  ip: 'iproute2',
  bridge: 'iproute2',
  ss: 'iproute2',
  tc: 'iproute2',
  iptables: 'iptables',
  'iptables-save': 'iptables',
  'iptables-restore': 'iptables',
  ip6tables: 'iptables',
  'ip6tables-save': 'iptables',
  'ip6tables-restore': 'iptables',
  'iptables-legacy': 'iptables',
  'iptables-legacy-save': 'iptables',
  'iptables-legacy-restore': 'iptables',
  'iptables-nft': 'iptables',
  'iptables-nft-save': 'iptables',
  'iptables-nft-restore': 'iptables',
  'ip6tables-legacy': 'iptables',
  'ip6tables-legacy-save': 'iptables',
  'ip6tables-legacy-restore': 'iptables',
  'ip6tables-nft': 'iptables',
  'ip6tables-nft-save': 'iptables',
  'ip6tables-nft-restore': 'iptables',
  nft: 'nftables',
  ipset: 'ipset',
  ipvsadm: 'ipvsadm',
  conntrack: 'conntrack',
  tcpdump: 'tcpdump',
  curl: 'curl',
  wget: 'wget',
  ping: 'iputils-ping',
  dig: 'bind9-dnsutils',
  'named-checkzone': 'bind9-utils',
  unshare: 'util-linux',
  nsenter: 'util-linux',
  setpriv: 'util-linux',
  mount: 'mount',
  umount: 'mount',
  sysctl: 'procps',
  ps: 'procps',
  modprobe: 'kmod',
  sh: 'dash',
  cat: 'coreutils',
  timeout: 'coreutils',
  getent: 'libc-bin',
} as const;

/** Name of a system program that svclab may run. */
export type ToolName = keyof typeof toolPackages;

/** Programs that svclab runs or that its labs promise to have; `npm start` installs them. */
export const neededTools = [
  'ip',
  'bridge',
  'ss',
  'iptables',
  'iptables-save',
  'iptables-restore',
  'nft',
  'ipset',
  'conntrack',
  'tcpdump',
  'curl',
  'wget',
  'ping',
  'dig',
  'named-checkzone',
  'unshare',
  'nsenter',
  'setpriv',
  'mount',
  'sysctl',
  'ps',
] as const satisfies readonly ToolName[];

/** Programs that only some features or some machines use. */
export const optionalTools = ['ip6tables', 'ipvsadm', 'tc', 'modprobe'] as const satisfies readonly ToolName[];

const found = new Map<string, string>();

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Absolute path of a system program, or undefined when the machine has none. PATH is not asked.
 * Same as `PATH=/usr/sbin:/usr/bin:/sbin:/bin command -v NAME`.
 */
export function findTool(name: ToolName): string | undefined {
  const known = found.get(name);
  if (known !== undefined) return known;
  const path = directories.map((directory) => `${directory}/${name}`).find(isExecutable);
  if (path !== undefined) found.set(name, path);
  return path;
}

/** Absolute path of a system program. Throws `missing-tool`, with the Debian package to install as the hint. */
export function requireTool(name: ToolName): string {
  const path = findTool(name);
  if (path === undefined) {
    throw new LabError('missing-tool', `the program ${name} is not installed`, {
      hint: `Install it with: apt-get install ${toolPackages[name]}`,
    });
  }
  return path;
}
