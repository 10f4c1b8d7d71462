import type { Check, Finding, LintInput } from './types.ts';
import { nftablesSets, type TableView, viewsOf } from './view.ts';

const effect =
  'Packets meet the old rules as well: connections may go to endpoints that are gone, or be rewritten twice.';

function iptablesServices(views: readonly TableView[]): TableView[] {
  return views.filter(
    ({ kind, name, chains }) =>
      kind === 'iptables' && name === 'nat' && (chains.get('KUBE-SERVICES')?.rules.length ?? 0) > 0,
  );
}

/** One program under two names prints the same rules twice. */
function rulesOnly(text: string): string {
  return (text.match(/^-A .*$/gm) ?? []).join('\n');
}

/** Sections in which legacy iptables and iptables-nft both have kube-proxy's chains. */
function bothKinds({ sections }: LintInput): Finding[] {
  const holding = sections.filter(
    ({ command, text }) => /^iptables(-legacy|-nft)?-save/.test(command) && /^-A KUBE-SERVICES /m.test(text),
  );
  const [first] = holding;
  const second = holding.find(({ text }) => rulesOnly(text) !== rulesOnly(first?.text ?? ''));
  if (second === undefined) return [];
  return [
    {
      rule: 'leftovers',
      line: second.line,
      chain: 'KUBE-SERVICES',
      what: 'Legacy iptables and iptables-nft both hold rules of kube-proxy.',
      effect,
      cure: 'Find out which of the two kube-proxy uses now (iptables --version inside its container), and flush the other one; or restart the node.',
    },
  ];
}

function nftBesideIptables(input: LintInput, views: readonly TableView[]): Finding[] {
  const [table] = nftablesSets(input.ruleSets).flatMap(({ tables }) =>
    tables.filter(({ name }) => name === 'kube-proxy'),
  );
  const [old] = iptablesServices(views);
  if (table === undefined || old === undefined) return [];
  return [
    {
      rule: 'leftovers',
      line: old.chains.get('KUBE-SERVICES')?.line ?? table.line,
      table: 'nat',
      chain: 'KUBE-SERVICES',
      what: `The node has rules of kube-proxy's mode iptables and, from line ${table.line}, of mode nftables.`,
      effect,
      cure: 'Run kube-proxy --cleanup, or restart the node; kube-proxy then makes the rules of its mode only.',
    },
  ];
}

function ipvsBesideOthers({ sections, ruleSets }: LintInput, views: readonly TableView[]): Finding[] {
  const isOther = iptablesServices(views).some(({ chains }) =>
    [...chains.keys()].some((name) => name.startsWith('KUBE-SEP-')),
  );
  const isNft = nftablesSets(ruleSets).some(({ tables }) => tables.some(({ name }) => name === 'kube-proxy'));
  if (!isOther && !isNft) return [];
  for (const { command, text, line } of sections) {
    const pattern = /^ipset\b/.test(command)
      ? /^create KUBE-CLUSTER-IP\b/
      : /^ip\b/.test(command)
        ? /\bkube-ipvs0\b/
        : undefined;
    const at = pattern === undefined ? -1 : text.split('\n').findIndex((one) => pattern.test(one));
    if (at < 0) continue;
    return [
      {
        rule: 'leftovers',
        line: line + at,
        what: "The node has leftovers of kube-proxy's mode ipvs beside the rules of another mode.",
        effect:
          'ClusterIPs on kube-ipvs0 are taken for addresses of the node: connections to them may end on the node and be refused.',
        cure: 'Run kube-proxy --cleanup (or: ip link delete kube-ipvs0; ipvsadm -C; ipset destroy of the KUBE- sets), or restart the node.',
      },
    ];
  }
  return [];
}

/** Rules that another mode of kube-proxy has left behind. */
export const leftovers: Check = (input) => {
  const views = viewsOf(input.ruleSets);
  return [...bothKinds(input), ...nftBesideIptables(input, views), ...ipvsBesideOthers(input, views)];
};
