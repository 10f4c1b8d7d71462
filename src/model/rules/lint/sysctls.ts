import type { Check, Finding, LintInput } from './types.ts';
import { viewsOf } from './view.ts';

/** A sysctl that has to be on. */
interface Needed {
  readonly name: string;
  readonly family: 'ipv4' | 'ipv6';
  readonly effect: string;
}

const forwarding =
  'The node passes no packets on: Pods reach nothing outside of their node, and node ports lead only to its own programs.';
const bridge =
  'Packets between Pods of this node skip the rules on their way back: a Pod that asks a Service hears from the endpoint itself, and the connection hangs.';
const needed: readonly Needed[] = [
  { name: 'net.ipv4.ip_forward', family: 'ipv4', effect: forwarding },
  { name: 'net.bridge.bridge-nf-call-iptables', family: 'ipv4', effect: bridge },
  { name: 'net.ipv6.conf.all.forwarding', family: 'ipv6', effect: forwarding },
  { name: 'net.bridge.bridge-nf-call-ip6tables', family: 'ipv6', effect: bridge },
];

/** Families that kube-proxy has rules for. */
function families({ ruleSets }: LintInput): Set<string> {
  const tables = viewsOf(ruleSets).filter(
    ({ name, chains }) => name.endsWith(' kube-proxy') || (chains.get('KUBE-SERVICES')?.rules.length ?? 0) > 0,
  );
  return new Set(tables.map(({ family }) => family));
}

function lineOf({ sections }: LintInput, name: string): number | undefined {
  for (const { command, text, line } of sections) {
    if (!/^sysctl\b/.test(command)) continue;
    const at = text.split('\n').findIndex((one) => one.split(/\s*=/, 1)[0]?.replaceAll('/', '.') === name);
    if (at >= 0) return line + at;
  }
  return undefined;
}

/** Sysctls that are off and have to be on. Those that the dump does not tell are taken to be right. */
export const wrongSysctls: Check = (input) => {
  const used = families(input);
  return needed.flatMap(({ name, family, effect }): Finding[] => {
    if (!used.has(family) || input.sysctls.get(name) !== '0') return [];
    const line = lineOf(input, name);
    const place = line === undefined ? {} : { line };
    const what = `${name} is 0.`;
    return [
      {
        rule: 'sysctl-off',
        ...place,
        what,
        effect,
        cure: `sysctl -w ${name}=1, and a file in /etc/sysctl.d with the same.`,
      },
    ];
  });
};
