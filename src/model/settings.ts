import type { ClusterView, NodeView } from '../cluster/view.ts';
import type { EndpointSlice } from '../kinds/types/endpointslice.ts';
import type { Service } from '../kinds/types/service.ts';
import {
  type Cidr,
  cidrContains,
  cidrPrefix,
  type Family,
  familyOf,
  type IP,
  parseCidr,
  tryParseCidr,
} from '../net/address.ts';
import { isLoopback, nodeIP } from './topology.ts';

/** Through which interface a packet came into a node; `output` when a process of the node made it. */
export type Arrival = { readonly via: 'interface'; readonly device: string } | { readonly via: 'output' };

/** Whether the view's release has what came after 1.20: local internal policy, hints, terminating endpoints, ipMode. */
export function isModern(view: ClusterView): boolean {
  return view.lab.kubernetesRelease === '1.36';
}

const hidingLabels = ['service.kubernetes.io/service-proxy-name', 'service.kubernetes.io/headless'];

/** Whether proxies see a Service or EndpointSlice: since release 1.14 not those with a label that leaves them to others. */
export function isWatched(view: ClusterView, { metadata: { labels = {} } }: Service | EndpointSlice): boolean {
  return view.lab.kubernetesRelease === '1.8' || !hidingLabels.some((label) => Object.hasOwn(labels, label));
}

/** Whether nodes program nftables, which also answers for unserved ports of a ClusterIP. */
export function usesNftables(view: ClusterView): boolean {
  return view.proxy.mode === 'nftables';
}

/** Whether all Service traffic is masqueraded, whoever sends it. */
export function masqueradeAll(view: ClusterView): boolean {
  const options = usesNftables(view) ? view.proxy.nftables : view.proxy.iptables;
  return options?.masqueradeAll ?? false;
}

/** How a node's proxy tells its own Pods' packets from others. */
export interface Detector {
  /** The configuration's fields, for an explanation. */
  readonly field: string;
  readonly isPod: (source: IP, arrival: Arrival) => boolean;
}

function byCidr(field: string, cidrs: readonly Cidr[], family: Family): Detector | undefined {
  const own = cidrs.filter((cidr) => familyOf(cidr) === family);
  if (own.length === 0) return undefined;
  return { field: `${field} ${own.join(',')}`, isPod: (source) => own.some((cidr) => cidrContains(cidr, source)) };
}

function byDevice(field: string, matches: (device: string) => boolean): Detector {
  return { field, isPod: (_, arrival) => arrival.via === 'interface' && matches(arrival.device) };
}

/** The detector that KubeProxyConfiguration's detectLocalMode asks for; undefined when it lacks what it needs. */
export function detectorOf(view: ClusterView, node: NodeView, family: Family): Detector | undefined {
  const { clusterCIDR = '', detectLocal, detectLocalMode } = view.proxy;
  if (detectLocalMode === 'NodeCIDR') return byCidr('detectLocalMode: NodeCIDR,', node.podCIDRs, family);
  const bridge = detectLocal?.bridgeInterface ?? '';
  if (detectLocalMode === 'BridgeInterface' && bridge !== '') {
    return byDevice(`detectLocal.bridgeInterface: ${bridge}`, (device) => device === bridge);
  }
  const prefix = detectLocal?.interfaceNamePrefix ?? '';
  if (detectLocalMode === 'InterfaceNamePrefix' && prefix !== '') {
    return byDevice(`detectLocal.interfaceNamePrefix: ${prefix}`, (device) => device.startsWith(prefix));
  }
  if (detectLocalMode === 'BridgeInterface' || detectLocalMode === 'InterfaceNamePrefix') return undefined;
  const cidrs = clusterCIDR.split(',').flatMap((text) => tryParseCidr(text.trim()) ?? []);
  return byCidr('clusterCIDR:', cidrs, family);
}

/** The networks that nodePortAddresses names; undefined for every address, as where none is of the family. */
function nodePortNetworks(view: ClusterView, node: NodeView, family: Family): readonly Cidr[] | undefined {
  const given = view.proxy.nodePortAddresses ?? [];
  const own = nodeIP(node, family);
  if (given.includes('primary') || (given.length === 0 && usesNftables(view))) {
    return own === undefined ? undefined : [parseCidr(`${own}/${family === 'ipv6' ? 128 : 32}`)];
  }
  const cidrs = given.flatMap((text) => tryParseCidr(text) ?? []).filter((cidr) => familyOf(cidr) === family);
  return cidrs.length === 0 || cidrs.some((cidr) => cidrPrefix(cidr) === 0) ? undefined : cidrs;
}

/** Whether the proxy takes connections to nodePorts at a loopback address, with these networks. */
function acceptsLoopback(view: ClusterView, address: IP, inside: boolean, every: boolean): boolean {
  if (usesNftables(view)) return false;
  if (familyOf(address) === 'ipv6') return !isModern(view) && inside;
  if (isModern(view) && view.proxy.iptables?.localhostNodePorts === false) return false;
  return every || (inside && address === '127.0.0.1');
}

/**
 * Whether the node's proxy takes connections to nodePorts at this address of the node. Networks choose among addresses
 * of interfaces, of which lo has 127.0.0.1 alone. Releases 1.8 and 1.20 take those at ::1 too, to no good (see
 * lostAtLoopback), and do not know localhostNodePorts.
 */
export function acceptsNodePorts(view: ClusterView, node: NodeView, address: IP): boolean {
  const networks = nodePortNetworks(view, node, familyOf(address));
  const inside = networks === undefined || networks.some((cidr) => cidrContains(cidr, address));
  return isLoopback(address) ? acceptsLoopback(view, address, inside, networks === undefined) : inside;
}

/**
 * Whether the node's proxy answers the health check of a Service at this address of the node: release 1.36 does where it
 * takes nodePorts, older ones everywhere. A Service of both families is answered for by the proxy of the first.
 */
export function answersHealthChecks(view: ClusterView, node: NodeView, service: Family, address: IP): boolean {
  const networks = isModern(view) ? nodePortNetworks(view, node, service) : undefined;
  if (networks === undefined) return true;
  const isThere = !isLoopback(address) || address === '127.0.0.1' || address === '::1';
  return isThere && networks.some((cidr) => familyOf(cidr) === familyOf(address) && cidrContains(cidr, address));
}
