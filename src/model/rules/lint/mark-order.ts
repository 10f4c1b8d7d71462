import type { Chain, Negatable, Rule, RuleOption, Table } from '../iptables/types.ts';
import type { Network } from '../network.ts';
import type { Finding } from './types.ts';

/** Matches that choose, or say again what `-p` says; they do not narrow down whose packets a rule takes. */
const choosing: ReadonlySet<string> = new Set(['statistic', 'recent', 'nfacct']);

function negatable<T>(name: string, one: Negatable<T> | undefined, text: (is: T) => string): string[] {
  return one === undefined ? [] : [`${one.negated ? '! ' : ''}${name} ${text(one.is)}`];
}

function network({ base, mask }: Network): string {
  return `${base}/${mask}`;
}

/** A port is one of the rule's protocol. */
function optionText({ negated, name, values }: RuleOption, { protocol }: Rule): string {
  const text = `${negated ? '! ' : ''}${name} ${values.join(' ')}`;
  return name.endsWith('port') || name.endsWith('ports') ? `${protocol?.is} ${text}` : text;
}

/** What narrows down the packets of a rule, except its protocol. */
function conditions(rule: Rule): string[] {
  return [
    ...negatable('-s', rule.source, network),
    ...negatable('-d', rule.destination, network),
    ...negatable('-i', rule.inInterface, String),
    ...negatable('-o', rule.outInterface, String),
    ...rule.matches
      .filter(({ module }) => !choosing.has(module))
      .flatMap(({ options }) => options.map((option) => optionText(option, rule))),
  ].sort();
}

/** Every choice of some of them, joined; rules have few. */
function subsets(all: readonly string[]): string[] {
  return Array.from({ length: 2 ** Math.min(all.length, 10) }, (_, bits) =>
    all.filter((_one, at) => (bits & (1 << at)) !== 0).join('|'),
  );
}

const leaving = /^(DNAT|KUBE-(SVC|SVL|SEP|XLB|EXT|FW)-.*)$/;

/** Rules that mark packets for masquerading although an earlier rule has taken those packets away. */
function lateMarks(table: Table, chain: Chain): Finding[] {
  const taken = new Map<string, Rule>();
  const findings: Finding[] = [];
  for (const rule of chain.rules) {
    const name = rule.target?.name ?? '';
    if (leaving.test(name)) {
      const key = conditions(rule).join('|');
      if (!taken.has(key)) taken.set(key, rule);
    }
    if (name !== 'KUBE-MARK-MASQ') continue;
    const earlier = subsets(conditions(rule)).flatMap((key) => taken.get(key) ?? [])[0];
    if (earlier === undefined) continue;
    findings.push({
      rule: 'masquerade-order',
      line: rule.line,
      table: table.name,
      chain: chain.name,
      what: `The rule that marks packets for masquerading comes after line ${earlier.line}, which takes the same packets away.`,
      effect: 'They keep their source address; the answers go another way, and the connections hang.',
      cure: 'Restart kube-proxy, which writes the chain anew in the right order.',
    });
  }
  return findings;
}

/** Marks that come too late, in all chains of kube-proxy. */
export function markOrder(table: Table): Finding[] {
  return [...table.chains.values()]
    .filter(({ name }) => name.startsWith('KUBE-'))
    .flatMap((chain) => lateMarks(table, chain));
}
