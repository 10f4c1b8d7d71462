import type { Check, Finding } from './types.ts';
import { type ChainView, reachable, type TableView, viewsOf } from './view.ts';

/** Chains that stand ready without being needed, or that only show that the tables were not flushed. */
const spare =
  /^(KUBE-(PROXY|KUBELET)-CANARY|KUBE-IPTABLES-HINT|KUBE-MARK-(DROP|MASQ)|reject-chain|mark-for-masquerade)$/;
/** Where kube-proxy's ways begin; missing-jump tells of them. */
const entrances =
  /^(KUBE-(SERVICES|EXTERNAL-SERVICES|POSTROUTING|FORWARD|FIREWALL|PROXY-FIREWALL)|services|masquerading|firewall-check|(service|nodeport)-endpoints-check|cluster-ips-check)$/;

/** Unreachable chains that no other unreachable chain leads to. */
function roots(table: TableView): ChainView[] {
  const chains = [...table.chains.values()];
  const base = chains.filter(({ hook }) => hook !== undefined).map(({ name }) => name);
  if (base.length === 0) return [];
  const reached = reachable(table, base);
  const lost = chains.filter(({ name }) => !reached.has(name));
  const behind = new Set(lost.flatMap(({ rules }) => rules.flatMap(({ calls }) => calls)));
  return lost.filter(
    ({ name, rules }) => rules.length > 0 && !behind.has(name) && !spare.test(name) && !entrances.test(name),
  );
}

function finding(table: TableView, { name, line, rules }: ChainView): Finding {
  const count = rules.length === 1 ? 'its rule is' : `its ${rules.length} rules are`;
  return {
    rule: 'unreachable-chain',
    line,
    table: table.name,
    chain: name,
    what: `No rule leads to chain ${name}.`,
    effect: `No packet comes there: ${count} without effect, and a Service behind it is not served.`,
    cure: 'If kube-proxy made it, restart kube-proxy, which writes its rules anew; else add the jump, or delete the chain.',
  };
}

/** Chains with rules that no packet can come to. */
export const unreachableChains: Check = ({ ruleSets }) =>
  viewsOf(ruleSets).flatMap((table) => roots(table).map((chain) => finding(table, chain)));
