import type { ClusterView, NodeView } from '../cluster/view.ts';
import { underlayOf } from '../kinds/lab-networks.ts';
import { type Cidr, cidrContains, familyOf, type IP, parseCidr } from '../net/address.ts';
import {
  bridgeIP,
  isLoopback,
  isNodeAddress,
  lease,
  nodeIP,
  type Topology,
  usesVxlan,
  vtepDevice,
  vtepIP,
} from './topology.ts';

const multicastNetworks = { ipv4: parseCidr('224.0.0.0/4'), ipv6: parseCidr('ff00::/8') };

/** Where a node sends a packet next, and out of which device. */
export type Hop =
  | { readonly to: 'self'; readonly device: 'lo' }
  | { readonly to: 'own lease'; readonly device: string }
  | { readonly to: 'other lease'; readonly device: string; readonly node: NodeView; readonly tunnel: boolean }
  | { readonly to: 'underlay'; readonly device: 'eth0' }
  | { readonly to: 'router'; readonly device: 'eth0' };

/** The cluster's Pod network in the address's family. */
export function podNetwork(view: ClusterView, ip: IP): Cidr | undefined {
  return familyOf(ip) === 'ipv4' ? view.flannel.network : view.flannel.ipv6?.network;
}

/** Whether the underlay's network of the address's family holds it. */
export function isOnUnderlay({ lab }: ClusterView, ip: IP): boolean {
  const network = underlayOf(lab, familyOf(ip));
  return network !== undefined && cidrContains(network, ip);
}

/** The node's route to the address, as `ip route get ADDRESS` in the node tells it. */
export function routeFrom(topology: Topology, node: NodeView, destination: IP): Hop {
  const { view } = topology;
  if (isNodeAddress(view, node, destination)) return { to: 'self', device: 'lo' };
  const holder = topology.leaseHolder(destination);
  if (holder?.name === node.name) return { to: 'own lease', device: view.lab.bridge };
  if (holder !== undefined) {
    const tunnel = usesVxlan(view);
    const device = tunnel ? (vtepDevice(view, familyOf(destination)) ?? 'eth0') : 'eth0';
    return { to: 'other lease', device, node: holder, tunnel };
  }
  const onLink = isOnUnderlay(view, destination) || topology.nodeAt(destination) !== undefined;
  return { to: onLink ? 'underlay' : 'router', device: 'eth0' };
}

/**
 * The address that MASQUERADE writes, and that a process of the node gets as its source: that of the outgoing device.
 * For the loopback device, whose own address does not count, it is eth0's.
 */
export function addressTowards(view: ClusterView, node: NodeView, hop: Hop, destination: IP): IP {
  const family = familyOf(destination);
  const own = nodeIP(node, family) ?? node.ip;
  if (hop.to === 'own lease') return bridgeIP(node, family) ?? own;
  if (hop.to === 'other lease' && hop.tunnel) return vtepIP(view, node, family) ?? own;
  return own;
}

/** Source address that a process of the node gets: the destination itself when that is one of the node's. */
export function ownSource(topology: Topology, node: NodeView, destination: IP): IP {
  const hop = routeFrom(topology, node, destination);
  if (hop.to === 'self')
    return isLoopback(destination) && familyOf(destination) === 'ipv4' ? ('127.0.0.1' as IP) : destination;
  return addressTowards(topology.view, node, hop, destination);
}

/**
 * Whether flannel masquerades the packet as it leaves the node, as the rules of FLANNEL-POSTRTG say: a Pod's on its way
 * out of the Pod network, one of another node's Pod that does not end here, or anybody's into another node's lease.
 */
export function flannelMasquerades(view: ClusterView, node: NodeView, source: IP, destination: IP): boolean {
  const network = podNetwork(view, destination);
  const own = lease(node, familyOf(destination));
  if (!view.flannel.ipMasq || network === undefined || (own !== undefined && cidrContains(own, destination)))
    return false;
  const inside = cidrContains(network, destination);
  if (!cidrContains(network, source)) return inside;
  const isOwn = own !== undefined && cidrContains(own, source);
  return !(isOwn && inside) && !cidrContains(multicastNetworks[familyOf(destination)], destination);
}
