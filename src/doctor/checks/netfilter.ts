import { findTool, type ToolName, toolPackages } from '../../kernel/tools.ts';
import type { Sandbox } from '../sandbox.ts';
import type { Check, Finding } from '../types.ts';

const natRule = ['-t', 'nat', '-A', 'POSTROUTING', '-m', 'comment', '--comment', 'doctor', '-j', 'MASQUERADE'];

/** Why this variant does not load a rule of kube-proxy's kind into a fresh nat table; undefined when it does. */
async function natFault(sandbox: Sandbox, tool: ToolName): Promise<string | undefined> {
  if (findTool(tool) === undefined) return 'not installed';
  const tried = await sandbox.attempt(tool, ...natRule);
  return tried.ok ? undefined : tried.fault;
}

/** Which of the two iptables variants work. Each is tried with a rule in its own nat table. */
export const iptables: Check = {
  id: 'iptables',
  title: 'iptables',
  needed: true,
  run: async (sandbox) => {
    if (sandbox === undefined) return { status: 'missing', detail: 'not tried: no network namespace' };
    const legacy = await natFault(sandbox, 'iptables-legacy');
    const nft = await natFault(sandbox, 'iptables-nft');
    const detail = `legacy: ${legacy ?? 'works'}; nft: ${nft ?? 'works'}`;
    if (legacy === undefined || nft === undefined) return { status: 'ok', detail };
    return { status: 'missing', detail, fix: 'sudo apt-get install iptables; sudo modprobe -a nf_tables iptable_nat' };
  },
};

/** The fault without the program that met it and without a full stop: `cat: FILE: No such file` is about the file. */
function plain(fault: string): string {
  return fault.replace(/^\S*\bcat: /, '').replace(/\.$/, '');
}

async function tryTool(sandbox: Sandbox | undefined, tool: ToolName, args: string[], fix: string): Promise<Finding> {
  if (findTool(tool) === undefined) {
    return { status: 'missing', detail: 'not installed', fix: `sudo apt-get install ${toolPackages[tool]}` };
  }
  if (sandbox === undefined) return { status: 'missing', detail: 'not tried: no network namespace' };
  const tried = await sandbox.attempt(tool, ...args);
  return tried.ok ? { status: 'ok', detail: 'works' } : { status: 'missing', detail: plain(tried.fault), fix };
}

function optional(id: string, title: string, tool: ToolName, args: string[], module: string): Check {
  return {
    id,
    title,
    needed: false,
    run: (sandbox) => tryTool(sandbox, tool, args, `sudo modprobe ${module}`),
  };
}

/** Other parts of netfilter, and of the kernel beside it, that only some features use. */
export const otherKernelParts: readonly Check[] = [
  optional('nftables', 'nftables', 'nft', ['add', 'table', 'ip', 'doctor'], 'nf_tables'),
  optional('ipset', 'ipset', 'ipset', ['create', 'doctor', 'hash:ip,port'], 'ip_set_hash_ipport'),
  optional('conntrack', 'conntrack', 'conntrack', ['-L'], 'nf_conntrack_netlink'),
  optional('ip-vs', 'ip_vs', 'cat', ['/proc/net/ip_vs'], 'ip_vs'),
  optional('netem', 'netem', 'tc', ['qdisc', 'add', 'dev', 'lo', 'root', 'netem', 'delay', '1ms'], 'sch_netem'),
  optional('ipv6', 'IPv6', 'sysctl', ['net.ipv6.conf.all.disable_ipv6'], 'ipv6'),
];
