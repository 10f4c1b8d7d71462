import type { Hook } from '../types.ts';
import type { Check, Finding } from './types.ts';
import { reachable, type TableView, viewsOf } from './view.ts';

/** Which chains of kube-proxy have to be reached from which hooks, and what goes wrong otherwise. */
interface Requirement {
  readonly chain: string;
  readonly table: RegExp;
  readonly hooks: Partial<Record<Hook, string>>;
  /** How the base chains in mode nftables begin that should have the jump. */
  readonly base?: 'nat-' | 'filter-';
}

const fromOutside =
  'Pods on this node and clients outside do not reach Services through it: their packets are not translated.';
const fromNode = 'Programs on the node itself, such as kubelet, do not reach Services.';
const noAnswer = 'Connections to Services without endpoints hang instead of being refused.';
const unmasked = 'Packets that need the address of the node keep their own: answers go astray, and connections hang.';

const requirements: readonly Requirement[] = [
  { chain: 'KUBE-SERVICES', table: /^nat$/, hooks: { prerouting: fromOutside, output: fromNode } },
  { chain: 'KUBE-POSTROUTING', table: /^nat$/, hooks: { postrouting: unmasked } },
  { chain: 'KUBE-SERVICES', table: /^filter$/, hooks: { forward: noAnswer, output: noAnswer } },
  { chain: 'services', table: /^ip6? kube-proxy$/, base: 'nat-', hooks: { prerouting: fromOutside, output: fromNode } },
  { chain: 'masquerading', table: /^ip6? kube-proxy$/, base: 'nat-', hooks: { postrouting: unmasked } },
  {
    chain: 'service-endpoints-check',
    table: /^ip6? kube-proxy$/,
    base: 'filter-',
    hooks: { forward: noAnswer, output: noAnswer },
  },
];

function missing(table: TableView, { chain, hooks, base: prefix = 'nat-' }: Requirement): Finding[] {
  const wanted = table.chains.get(chain);
  if (wanted === undefined || wanted.rules.length === 0) return [];
  return Object.entries(hooks).flatMap(([hook, effect]): Finding[] => {
    const bases = [...table.chains.values()].filter((one) => one.hook === hook);
    const names = bases.map(({ name }) => name);
    if (reachable(table, names).has(chain)) return [];
    const base = bases.find(({ name }) => name === `${prefix}${hook}`) ?? bases[0];
    const place = base?.name ?? `hook ${hook}`;
    return [
      {
        rule: 'missing-jump',
        line: base?.line ?? wanted.line,
        table: table.name,
        chain: base?.name ?? chain,
        what: `There is no jump from ${place} to ${chain}.`,
        effect,
        cure: 'Restart kube-proxy, which puts the jump back, and find out which program deleted it (often a firewall that was reloaded).',
      },
    ];
  });
}

/** Jumps from the hooks into kube-proxy's chains that are not there. */
export const missingJumps: Check = ({ ruleSets }) =>
  viewsOf(ruleSets).flatMap((table) =>
    requirements.filter((one) => one.table.test(table.name)).flatMap((one) => missing(table, one)),
  );
