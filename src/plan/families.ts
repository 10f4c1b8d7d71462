import type { ClusterView, NodeView } from '../cluster/view.ts';
import { type Family, familyOf, type IP } from '../net/address.ts';

/** Families of these addresses; IPv4 comes first. */
export function familiesOf(ips: readonly IP[]): readonly Family[] {
  const present = new Set(ips.map(familyOf));
  return (['ipv4', 'ipv6'] as const).filter((family) => present.has(family));
}

/** The node's addresses on the underlay; IPv4 comes first. */
export function nodeIPs({ ip, ipv6 }: NodeView): readonly IP[] {
  return ipv6 === undefined ? [ip] : [ip, ipv6];
}

/** The node's address of the family on the underlay. */
export function nodeIP(node: NodeView, family: Family): IP | undefined {
  return family === 'ipv4' ? node.ip : node.ipv6;
}

/** The network of all Pods in the family. */
export function podNetwork({ flannel }: ClusterView, family: Family) {
  return family === 'ipv4' ? flannel.network : flannel.ipv6?.network;
}
