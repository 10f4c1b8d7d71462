import { fabricSysctls, hostSysctls, nodeSysctls } from '../../src/plan/sysctls.ts';
import type { Mutant, Place } from './types.ts';

/** What a lab does not set, and could be set otherwise on a real machine. */
const further = ['net.ipv4.conf.eth0.rp_filter', 'net.ipv4.conf.all.route_localnet', 'net.ipv4.conf.all.arp_ignore'];

function sysctlsOf(target: string): readonly string[] {
  if (target.startsWith('pod/') || target.startsWith('client/')) return hostSysctls(['ipv4']).map(({ key }) => key);
  if (target === 'fabric') return fabricSysctls(['ipv4']).map(({ key }) => key);
  return [...nodeSysctls(['ipv4']).map(({ key }) => key), ...further];
}

/** Another value that the kernel takes: a switch is turned, a mask is what it is by default. */
function otherValue(key: string, value: string): string {
  if (key.endsWith('icmp_ratemask')) return '6168';
  return value === '0' ? '1' : '0';
}

/** Mutants of the sysctls that a place has for the lab's sake. */
export async function sysctlMutants({ target, read }: Place): Promise<readonly Mutant[]> {
  const keys = sysctlsOf(target).filter((key) => !key.includes('.ipv6.'));
  const mutants: Mutant[] = [];
  for (const key of keys) {
    const value = (await read('sysctl', '-n', key)).trim();
    const other = otherValue(key, value);
    mutants.push({
      kind: `sysctl: ${key}`,
      target,
      what: `${value} → ${other}`,
      change: { argv: ['sysctl', '-qw', `${key}=${other}`] },
      undo: { argv: ['sysctl', '-qw', `${key}=${value}`] },
    });
  }
  return mutants;
}
