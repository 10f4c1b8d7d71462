import { LabError } from '../errors.ts';
import type { KubeProxyConfiguration } from '../kinds/types/kubeproxyconfiguration.ts';
import type { Node } from '../kinds/types/node.ts';
import type { Pod } from '../kinds/types/pod.ts';
import { type Cidr, familyOf, type IPv4, ipToBigInt, type Mac } from '../net/address.ts';
import { sameValue } from './equal.ts';
import { internalIP, kubeProxyAnnotation } from './nodes.ts';
import { isPodFinished } from './pods/status.ts';
import { configInConfigMap } from './proxy-config-map.ts';
import { zoneLabel } from './services/pod-endpoint.ts';
import type { ObjectStore } from './store.ts';
import type { ClusterView, FlannelConfig, NodeView } from './view.ts';

/** What flannel knows of a node. */
export interface LeaseView {
  readonly subnet: Cidr;
  /** Subnet of the other family, when the lab has one. */
  readonly ipv6Subnet?: Cidr;
  readonly vtepMac: Mac;
  /** MAC of the node's flannel-v6.N device, when the lab has IPv6. */
  readonly vtepMacV6?: Mac;
}

/** The network's part of a view; leases by node name. */
export interface NetworkView {
  readonly flannel: FlannelConfig;
  readonly leases: ReadonlyMap<string, LeaseView>;
}

/** The MAC of a node's eth0: 02:00:00:00 and the last two octets of its IPv4 address. */
export function nodeMac(ip: IPv4): Mac {
  const low = Number(ipToBigInt(ip) & 0xffffn);
  const hex = (value: number) => value.toString(16).padStart(2, '0');
  return `02:00:00:00:${hex(low >> 8)}:${hex(low & 0xff)}` as Mac;
}

function isLeaving({ metadata, spec }: Node): boolean {
  if (metadata.deletionTimestamp !== undefined) return true;
  return spec?.taints?.some(({ key }) => key === 'ToBeDeletedByClusterAutoscaler') ?? false;
}

function nodeView(node: Node, lease: LeaseView): NodeView | undefined {
  const ip = internalIP(node);
  if (ip === undefined || familyOf(ip) !== 'ipv4') return undefined;
  const ipv6 = internalIP(node, 'ipv6');
  const labels = node.metadata.labels ?? {};
  const zone = labels[zoneLabel];
  return {
    name: node.metadata.name,
    ip: ip as IPv4,
    ...(ipv6 === undefined ? {} : { ipv6 }),
    mac: nodeMac(ip as IPv4),
    labels,
    ...(zone === undefined ? {} : { zone }),
    podCIDRs: [lease.subnet, ...(lease.ipv6Subnet === undefined ? [] : [lease.ipv6Subnet])],
    vtepMac: lease.vtepMac,
    ...(lease.vtepMacV6 === undefined ? {} : { vtepMacV6: lease.vtepMacV6 }),
    kubeProxy: node.metadata.annotations?.[kubeProxyAnnotation] !== 'false',
    ...(isLeaving(node) ? { leaving: true } : {}),
  };
}

/** The proxy's configuration: a KubeProxyConfiguration, else the one in ConfigMap kube-proxy, else the default. */
export function proxyConfiguration(store: ObjectStore, networks: readonly Cidr[]): KubeProxyConfiguration {
  const given = store.list('KubeProxyConfiguration')[0] ?? configInConfigMap(store.list('ConfigMap'));
  if (given !== undefined) return given;
  return {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    mode: 'iptables',
    clusterCIDR: networks.join(','),
  };
}

function podNetworks({ network, ipv6 }: FlannelConfig): readonly Cidr[] {
  return ipv6 === undefined ? [network] : [network, ipv6.network];
}

/** The old value where the new one says the same, so that identity tells whether something changed. */
function keepEqual<T>(old: T | undefined, next: T): T {
  return old !== undefined && sameValue(old, next) ? old : next;
}

/** The old list where the new one has the very same elements. */
function keepList<T>(old: readonly T[] | undefined, next: readonly T[]): readonly T[] {
  return old !== undefined && old.length === next.length && next.every((item, i) => item === old[i]) ? old : next;
}

function nodeViews(store: ObjectStore, { leases }: NetworkView, old: ClusterView | undefined): readonly NodeView[] {
  const known = new Map((old?.nodes ?? []).map((node) => [node.name, node]));
  const views = store.list('Node').flatMap((node) => {
    const lease = leases.get(node.metadata.name);
    const view = lease === undefined ? undefined : nodeView(node, lease);
    return view === undefined ? [] : [keepEqual(known.get(view.name), view)];
  });
  return keepList(old?.nodes, views);
}

function podsOn(nodes: readonly NodeView[], store: ObjectStore): readonly Pod[] {
  const names = new Set(nodes.map(({ name }) => name));
  return store.list('Pod').filter((pod) => names.has(pod.spec.nodeName ?? '') && !isPodFinished(pod));
}

const views = new WeakMap<ObjectStore, ClusterView>();

/**
 * The picture of the lab that plan, proxy, flannel and model work from. Nodes without a lease, and Pods on them, are left
 * out. Whatever did not change since the last call for this store is the same (===), the view itself too. Throws
 * `not-found` without a Lab, and `invalid-object` for a ConfigMap kube-proxy that cannot be read.
 */
export function buildView(store: ObjectStore, network: NetworkView): ClusterView {
  const lab = store.list('Lab')[0];
  if (lab === undefined)
    throw new LabError('not-found', 'there is no Lab object', { hint: 'Start a lab with: svclab up' });
  const old = views.get(store);
  const nodes = nodeViews(store, network, old);
  const next: ClusterView = {
    lab: keepEqual(old?.lab, lab.spec),
    flannel: keepEqual(old?.flannel, network.flannel),
    proxy: keepEqual(old?.proxy, proxyConfiguration(store, podNetworks(network.flannel))),
    nodes,
    pods: keepList(old?.pods, podsOn(nodes, store)),
    services: keepList(old?.services, store.list('Service')),
    slices: keepList(old?.slices, store.list('EndpointSlice')),
  };
  const same =
    old !== undefined && Object.entries(next).every(([part, value]) => old[part as keyof ClusterView] === value);
  if (same) return old;
  views.set(store, next);
  return next;
}
