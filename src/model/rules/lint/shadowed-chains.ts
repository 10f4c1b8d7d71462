import type { Check, Finding } from './types.ts';
import { type ChainView, type TableView, viewsOf } from './view.ts';

function isKube(name: string): boolean {
  return name.startsWith('KUBE-');
}

/** A rule for all packets before the first jump to kube-proxy's chains. */
function inChain(table: TableView, { name, hook, rules }: ChainView): Finding[] {
  const jump = rules.findIndex(({ calls }) => calls.some(isKube));
  const first = rules.slice(0, Math.max(jump, 0)).find(({ endsAll }) => endsAll);
  if (hook === undefined || first === undefined) return [];
  const kube = rules[jump]?.calls[0] ?? '';
  return [
    {
      rule: 'shadowed',
      line: first.line,
      table: table.name,
      chain: name,
      what: `The rule takes all packets before they come to ${kube} on line ${rules[jump]?.line}.`,
      effect: "kube-proxy's rules there are without effect: Services are not reached, or their traffic is dropped.",
      cure: `Delete the rule, or move it behind the jump to ${kube}; find out which program put it there.`,
    },
  ];
}

/** Rules for all packets that stand before the jump to kube-proxy's chains. */
export const shadowedChains: Check = ({ ruleSets }) =>
  viewsOf(ruleSets).flatMap((table) => [...table.chains.values()].flatMap((chain) => inChain(table, chain)));
