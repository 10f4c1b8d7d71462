import type { FlannelConfig } from '../cluster/view.ts';
import { type Cidr, type Family, familyOf } from '../net/address.ts';
import type { RulesetTable } from '../plan/desired.ts';
import { poolOf } from './families.ts';

const multicast: Readonly<Record<Family, string>> = { ipv4: '224.0.0.0/4', ipv6: 'ff00::/8' };
const masqComment = '-m comment --comment "flanneld masq"';
const forwardComment = '-m comment --comment "flanneld forward"';
const masqChain = 'FLANNEL-POSTRTG';
const forwardChain = 'FLANNEL-FWD';

function natTable(network: Cidr, subnet: Cidr): RulesetTable {
  const rules = [
    `-m mark --mark 0x4000/0x4000 ${masqComment} -j RETURN`,
    `-s ${subnet} -d ${network} ${masqComment} -j RETURN`,
    `-s ${network} -d ${subnet} ${masqComment} -j RETURN`,
    `! -s ${network} -d ${subnet} ${masqComment} -j RETURN`,
    `-s ${network} ! -d ${multicast[familyOf(network)]} ${masqComment} -j MASQUERADE --random-fully`,
    `! -s ${network} -d ${network} ${masqComment} -j MASQUERADE --random-fully`,
  ];
  return {
    table: 'nat',
    chains: new Map([[masqChain, rules]]),
    jumps: [{ chain: 'POSTROUTING', rule: `${masqComment} -j ${masqChain}`, position: 'last' }],
  };
}

function filterTable(network: Cidr): RulesetTable {
  const rules = [`-s ${network} ${forwardComment} -j ACCEPT`, `-d ${network} ${forwardComment} -j ACCEPT`];
  return {
    table: 'filter',
    chains: new Map([[forwardChain, rules]]),
    jumps: [{ chain: 'FORWARD', rule: `${forwardComment} -j ${forwardChain}`, position: 'last' }],
  };
}

/**
 * The iptables (or, for an IPv6 subnet, ip6tables) rules that flanneld adds on the node that holds the subnet, as
 * iptables-save prints them: FLANNEL-POSTRTG in nat, with -ip-masq only, and FLANNEL-FWD in filter. The jumps are
 * appended, so kube-proxy's, which it inserts at the top, come first. Empty when the network lacks the subnet's family.
 */
export function flannelTables(config: FlannelConfig, subnet: Cidr): readonly RulesetTable[] {
  const network = poolOf(config, familyOf(subnet))?.network;
  if (network === undefined) return [];
  return [...(config.ipMasq ? [natTable(network, subnet)] : []), filterTable(network)];
}
