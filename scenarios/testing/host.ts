import { readdirSync, readFileSync } from 'node:fs';
import { execa } from 'execa';
import { requireTool, type ToolName } from '../../src/kernel/tools.ts';

async function output(tool: ToolName, ...args: readonly string[]): Promise<string[]> {
  const { stdout } = await execa(requireTool(tool), args, { reject: false, lines: true });
  return stdout;
}

/** Values that change by themselves. */
const volatile = /nf_conntrack_count|\.(base_reachable|random)|^net\.ipv4\.tcp_(fastopen_key|mem)|netdev_rss_key/;

function withoutCounters(line: string): string {
  return line.replace(/\[\d+:\d+\]|counter packets \d+ bytes \d+|expires \d+sec|^# .*/g, '');
}

/** Everything of the machine that a lab could leave something in, as text; counters and the like are left out. */
export async function hostState(): Promise<Readonly<Record<string, readonly string[]>>> {
  const sysctls = await output('sysctl', '-a', '-r', '^(net|kernel\\.(hostname|domainname|ns_last_pid))');
  return {
    links: await output('ip', '-d', 'link'),
    addresses: await output('ip', 'address'),
    routes: (await output('ip', 'route', 'show', 'table', 'all')).map(withoutCounters),
    routes6: (await output('ip', '-6', 'route', 'show', 'table', 'all')).map(withoutCounters),
    rules: await output('ip', 'rule'),
    netns: await output('ip', 'netns', 'list'),
    iptables: (await output('iptables-legacy-save')).map(withoutCounters),
    nft: (await output('nft', 'list', 'ruleset')).map(withoutCounters),
    sysctls: sysctls.filter((line) => !volatile.test(line) && !line.includes('ns_last_pid')),
    mounts: readFileSync('/proc/self/mounts', 'utf8').split('\n'),
    run: readdirSync('/run').sort(),
  };
}
