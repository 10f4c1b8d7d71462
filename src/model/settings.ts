import type { ClusterView, NodeView } from '../cluster/view.ts';
import { type Cidr, cidrContains, type Family, familyOf, type IP, tryParseCidr, tryParseIP } from '../net/address.ts';
import { isLoopback, nodeIP } from './topology.ts';

/** Through which interface a packet came into a node; `output` when a process of the node made it. */
export type Arrival = { readonly via: 'interface'; readonly device: string } | { readonly via: 'output' };

/** Whether the view's release has what came after 1.20: local internal policy, hints, terminating endpoints, ipMode. */
export function isModern(view: ClusterView): boolean {
  return view.lab.kubernetesRelease === '1.36';
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

function nodePortNetworks(view: ClusterView, node: NodeView, family: Family): readonly Cidr[] | undefined {
  const given = view.proxy.nodePortAddresses ?? (usesNftables(view) ? ['primary'] : []);
  if (given.length === 0) return undefined;
  const own = nodeIP(node, family);
  return given
    .flatMap((text) =>
      text === 'primary' ? (own === undefined ? [] : [`${own}/${own.includes(':') ? 128 : 32}`]) : [text],
    )
    .flatMap((text) => tryParseCidr(text) ?? []);
}

/**
 * Whether the node's proxy takes connections to nodePorts at this address of the node. Releases 1.8 and 1.20 take those
 * at ::1 too, to no good (see lostAtLoopback).
 */
export function acceptsNodePorts(view: ClusterView, node: NodeView, address: IP): boolean {
  const networks = nodePortNetworks(view, node, familyOf(address));
  const inside = (ip: IP) => networks === undefined || networks.some((cidr) => cidrContains(cidr, ip));
  if (!isLoopback(address)) return inside(address);
  if (familyOf(address) === 'ipv6') return !usesNftables(view) && !isModern(view) && inside(address);
  const local = view.proxy.iptables?.localhostNodePorts ?? true;
  const loopback = tryParseIP('127.0.0.1');
  return !usesNftables(view) && local && loopback !== undefined && inside(loopback);
}
