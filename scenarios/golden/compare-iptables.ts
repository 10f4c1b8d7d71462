/** Chains that all Services share: kube-proxy walks its Services in no fixed order. */
const shared = new Set(['KUBE-SERVICES', 'KUBE-NODEPORTS', 'KUBE-EXTERNAL-SERVICES', 'KUBE-PROXY-FIREWALL']);
const lastRule = 'NOTE: this must be the last rule in this chain';

interface Table {
  readonly chains: string[];
  readonly rules: Map<string, string[]>;
}

/** The Service port, address and port that a rule is about: rules with the same ones keep their order. */
function owner(rule: string): string {
  const service = /--comment "?([^" ]+\/[^" ]+)/.exec(rule)?.[1] ?? '';
  const address = /-d (\S+)/.exec(rule)?.[1] ?? '';
  const port = /--dport (\d+)/.exec(rule)?.[1] ?? '';
  return `${service}\0${address}\0${port}`;
}

function parse(dump: string): Map<string, Table> {
  const tables = new Map<string, Table>();
  let table: Table = { chains: [], rules: new Map() };
  for (const line of dump.split('\n')) {
    const chain = /^:(\S+) (\S+)/.exec(line);
    const rule = /^-A (\S+)/.exec(line);
    if (line.startsWith('*')) {
      table = tables.get(line) ?? { chains: [], rules: new Map() };
      tables.set(line, table);
    } else if (chain?.[1] !== undefined) {
      table.chains.push(`:${chain[1]} ${chain[2]}`);
    } else if (rule?.[1] !== undefined && !line.includes('localhost_nps_accepted_pkts')) {
      const rules = table.rules.get(rule[1]) ?? [];
      rules.push(line.replace(/ -m nfacct --nfacct-name +\S+/, ''));
      table.rules.set(rule[1], rules);
    }
  }
  return tables;
}

function ordered(chain: string, rules: readonly string[]): readonly string[] {
  if (!shared.has(chain)) return rules;
  const services = rules.filter((rule) => !rule.includes(lastRule));
  const keyed = services.map((rule) => ({ rule, key: owner(rule) }));
  keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return [...keyed.map(({ rule }) => rule), ...rules.filter((rule) => rule.includes(lastRule))];
}

/**
 * An `iptables-save` text in a form that is equal for rules of equal meaning: without counters, comments and `nfacct`
 * (packet counters that kube-proxy adds where the kernel has them), tables and chains sorted. Inside a chain the order
 * of rules counts; in the shared chains only that of the rules of one Service port.
 */
export function canonicalIptables(dump: string): readonly string[] {
  return [...parse(dump)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, table]) => [
      name,
      ...table.chains.sort(),
      ...[...table.rules].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([chain, rules]) => ordered(chain, rules)),
    ]);
}

/** The same without the built-in chains, for texts that were never in a kernel. */
export function withoutBuiltInChains(lines: readonly string[]): readonly string[] {
  return lines.filter((line) => !/^:\S+ ACCEPT$/.test(line));
}
