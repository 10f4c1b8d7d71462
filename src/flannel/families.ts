import type { ClusterView, FlannelConfig, NodeView } from '../cluster/view.ts';
import { type Cidr, type Family, familyOf, type IP, type Mac } from '../net/address.ts';

/** The range that the nodes' subnets of one family are taken from. */
export interface Pool {
  readonly network: Cidr;
  /** Prefix length of a node's subnet. */
  readonly subnetLen: number;
  /** Address of the first and of the last subnet that may be leased. */
  readonly subnetMin: IP;
  readonly subnetMax: IP;
}

/** A node's place in the flannel network of one family. */
export interface Member {
  readonly subnet: Cidr;
  /** Underlay address at which other nodes reach it. */
  readonly publicIP: IP;
  readonly vtepMac: Mac | undefined;
}

/** The families of the flannel network; IPv4 comes first, as flanneld makes it first. */
export function familiesOf(config: FlannelConfig): readonly Family[] {
  return config.ipv6 === undefined ? ['ipv4'] : ['ipv4', 'ipv6'];
}

/** The range of one family, or undefined when the network does not have that family. */
export function poolOf(config: FlannelConfig, family: Family): Pool | undefined {
  return family === 'ipv4' ? config : config.ipv6;
}

/** The node's lease and address of one family, or undefined when it has none. */
export function memberOf(node: NodeView, family: Family): Member | undefined {
  const subnet = node.podCIDRs.find((cidr) => familyOf(cidr) === family);
  const publicIP = family === 'ipv4' ? node.ip : node.ipv6;
  if (subnet === undefined || publicIP === undefined) return undefined;
  return { subnet, publicIP, vtepMac: family === 'ipv4' ? node.vtepMac : node.vtepMacV6 };
}

/** The other nodes that have a lease of the family, in the order of the view. */
export function remotesOf(view: ClusterView, node: NodeView, family: Family): readonly Member[] {
  return view.nodes
    .filter((other) => other.name !== node.name)
    .map((other) => memberOf(other, family))
    .filter((member) => member !== undefined);
}
