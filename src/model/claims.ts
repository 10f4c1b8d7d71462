import type { ClusterView } from '../cluster/view.ts';
import type { Service, ServicePort } from '../kinds/types/service.ts';
import type { Protocol } from '../kinds/types/values.ts';
import { type Family, familyOf, hostPort, type IP, tryParseIP } from '../net/address.ts';
import { isModern, isWatched } from './settings.ts';

/** One door of a Service: an address and port, or a port of every node, under which it can be reached. */
export interface Claim {
  readonly service: Service;
  readonly port: ServicePort;
  readonly way: 'ClusterIP' | 'externalIP' | 'load balancer IP' | 'nodePort';
  /** Absent for a nodePort. */
  readonly address?: IP;
  /** Field of the Service that makes the claim. */
  readonly field: string;
}

/** `namespace/name` of a Service. */
export function serviceName(service: Service): string {
  return `${service.metadata.namespace ?? 'default'}/${service.metadata.name}`;
}

/** `namespace/name`, with `:port` when the port has a name, as kube-proxy writes it in comments. */
export function servicePortName(service: Service, port: ServicePort): string {
  return port.name === undefined || port.name === '' ? serviceName(service) : `${serviceName(service)}:${port.name}`;
}

/** ClusterIPs of a Service; none for headless ones and ExternalName. */
export function clusterIPsOf(service: Service): readonly IP[] {
  const { clusterIP, clusterIPs, type } = service.spec;
  if (type === 'ExternalName' || clusterIP === undefined || clusterIP === 'None') return [];
  const texts = clusterIPs === undefined || clusterIPs.length === 0 ? [clusterIP] : clusterIPs;
  return texts.flatMap((text) => tryParseIP(text) ?? []);
}

/** Load balancer addresses that the nodes take as their own; those with ipMode Proxy are left to the load balancer. */
export function loadBalancerIPs(view: ClusterView, service: Service): readonly IP[] {
  return (service.status?.loadBalancer?.ingress ?? [])
    .filter((entry) => !isModern(view) || entry.ipMode !== 'Proxy')
    .flatMap((entry) => tryParseIP(entry.ip ?? '') ?? []);
}

function claimsOf(view: ClusterView, service: Service, port: ServicePort, index: number): Claim[] {
  const own = clusterIPsOf(service);
  const families = new Set<Family>(own.map(familyOf));
  const served = (ips: readonly IP[]) => ips.filter((ip) => families.has(familyOf(ip)));
  const external = (service.spec.externalIPs ?? []).flatMap((text) => tryParseIP(text) ?? []);
  const claim = (way: Claim['way'], field: string) => (address: IP) => ({ service, port, way, address, field });
  const nodePort = own.length > 0 && (port.nodePort ?? 0) > 0;
  return [
    ...own.map(claim('ClusterIP', 'spec.clusterIP')),
    ...served(external).map(claim('externalIP', 'spec.externalIPs')),
    ...served(loadBalancerIPs(view, service)).map(claim('load balancer IP', 'status.loadBalancer.ingress')),
    ...(nodePort ? [{ service, port, way: 'nodePort' as const, field: `spec.ports[${index}].nodePort` }] : []),
  ];
}

function inOrder(a: Claim, b: Claim): number {
  const key = ({ service, port }: Claim) => [service.metadata.namespace ?? '', service.metadata.name, port.name ?? ''];
  const [left, right] = [key(a), key(b)];
  for (const [i, text] of left.entries()) {
    const other = right[i] ?? '';
    if (text !== other) return text < other ? -1 : 1;
  }
  return 0;
}

interface ClaimIndex {
  readonly all: readonly Claim[];
  readonly byKey: ReadonlyMap<string, readonly Claim[]>;
  readonly clusterIPs: ReadonlySet<IP>;
}

function keyOf(protocol: Protocol, port: number, address: IP | undefined): string {
  return `${protocol} ${address === undefined ? `node:${port}` : hostPort(address, port)}`;
}

const built = new WeakMap<ClusterView, ClaimIndex>();

function indexOf(view: ClusterView): ClaimIndex {
  const known = built.get(view);
  if (known !== undefined) return known;
  const watched = view.services.filter((service) => isWatched(view, service));
  const all = watched
    .flatMap((service) => (service.spec.ports ?? []).flatMap((port, i) => claimsOf(view, service, port, i)))
    .sort(inOrder);
  const byKey = Map.groupBy(all, ({ port, way, address }) =>
    keyOf(port.protocol, way === 'nodePort' ? (port.nodePort ?? 0) : port.port, address),
  );
  const made = { all, byKey, clusterIPs: new Set(watched.flatMap(clusterIPsOf)) };
  built.set(view, made);
  return made;
}

/** Whether a Service has a ClusterIP of the family: the proxy of a family leaves others alone. */
export function hasFamily(service: Service, family: Family): boolean {
  return clusterIPsOf(service).some((ip) => familyOf(ip) === family);
}

/** Every door of every Service that proxies see, ordered by namespace, name and port name: the order in which rules are met. */
export function allClaims(view: ClusterView): readonly Claim[] {
  return indexOf(view).all;
}

/** The Services that claim this address and port, the first to be met first. */
export function claimsAt(view: ClusterView, protocol: Protocol, address: IP, port: number): readonly Claim[] {
  return indexOf(view).byKey.get(keyOf(protocol, port, address)) ?? [];
}

/** The Services that claim this port of every node. */
export function nodePortClaims(view: ClusterView, protocol: Protocol, port: number, family: Family): readonly Claim[] {
  const claims = indexOf(view).byKey.get(keyOf(protocol, port, undefined)) ?? [];
  return claims.filter(({ service }) => hasFamily(service, family));
}

/** Whether some Service has this address as its ClusterIP. */
export function isClusterIP(view: ClusterView, address: IP): boolean {
  return indexOf(view).clusterIPs.has(address);
}
