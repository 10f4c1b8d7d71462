import { saveNftHandles, saveRules } from '../../kernel/netfilter.ts';
import { netnsPath } from '../../kernel/netns.ts';
import { run } from '../../kernel/run.ts';
import { requireTool, type ToolName } from '../../kernel/tools.ts';
import type { Family } from '../../net/address.ts';
import { type RuleBook, ruleBook } from '../../trace/rule-book.ts';

/** The rules of a place, to name them, and all that decides there as a dump that svclab can walk. */
export interface PlaceDump {
  readonly book: RuleBook;
  readonly text: string;
}

const sysctls = ['net.ipv4.ip_forward', 'net.ipv6.conf.all.forwarding', 'net.ipv4.conf.all.route_localnet'];
const bridgeSysctls = ['net.bridge.bridge-nf-call-iptables', 'net.bridge.bridge-nf-call-ip6tables'];

/** The commands beside those of rules; each is the heading of its section. */
function commands(family: Family): readonly (readonly [ToolName, ...string[]])[] {
  const six = family === 'ipv6' ? ['-6'] : [];
  return [
    ['ip', '-o', 'addr', 'show'],
    ['ip', ...six, 'route', 'show', 'table', 'all'],
    ['ip', ...six, 'rule', 'show'],
    ['ipset', 'save'],
    ['sysctl', ...sysctls, ...bridgeSysctls],
  ];
}

async function section(netns: string, [tool, ...args]: readonly [ToolName, ...string[]]): Promise<string> {
  const options = { netns: netnsPath(netns), accept: [0, 1, 2, 255] };
  const { stdout } = await run(requireTool(tool), args, options);
  return `### ${[tool, ...args].join(' ')}\n${stdout}`;
}

/**
 * Reads all that decides where packets of a family go in a network namespace. Throws `kernel`, `missing-tool`.
 * Equivalent command: `svclab collect | ssh NODE sudo sh`.
 */
export async function dumpPlace(netns: string, family: Family): Promise<PlaceDump> {
  const [ipv4, ipv6, nft, ...sections] = await Promise.all([
    saveRules(netns, 'iptables'),
    saveRules(netns, 'ip6tables'),
    saveNftHandles(netns),
    ...commands(family).map((command) => section(netns, command)),
  ]);
  const listing = nft.replaceAll(/ # handle \d+$/gm, '');
  const rules = [`### iptables-save\n${ipv4}`, `### ip6tables-save\n${ipv6}`, `### nft list ruleset\n${listing}`];
  return { book: ruleBook({ ipv4, ipv6, nft }), text: [...rules, ...sections].join('\n') };
}
