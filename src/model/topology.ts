import type { ClusterView, NodeView } from '../cluster/view.ts';
import { clientIPs } from '../kinds/lab-networks.ts';
import type { LabClient } from '../kinds/types/lab.ts';
import type { Pod } from '../kinds/types/pod.ts';
import { type Cidr, cidrContains, type Family, familyOf, type IP, nthAddress, tryParseIP } from '../net/address.ts';

/** Who has which address in a lab: the view with the look-ups that predictions need. */
export interface Topology {
  readonly view: ClusterView;
  readonly pod: (namespace: string, name: string) => Pod | undefined;
  readonly node: (name: string) => NodeView | undefined;
  readonly client: (name: string) => LabClient | undefined;
  /** The Pod with its own network that has this address. */
  readonly podAt: (ip: IP) => Pod | undefined;
  /** The node whose eth0 has this address. */
  readonly nodeAt: (ip: IP) => NodeView | undefined;
  readonly clientAt: (ip: IP) => LabClient | undefined;
  /** The node whose lease holds the address. */
  readonly leaseHolder: (ip: IP) => NodeView | undefined;
  /** Pods that live in the node's own network namespace. */
  readonly hostPods: (node: string) => readonly Pod[];
}

/** Addresses of a Pod, one of each family at most; those of its node for hostNetwork. */
export function podIPs(pod: Pod): readonly IP[] {
  const texts = pod.status.podIPs?.map((entry) => entry.ip) ?? [pod.status.podIP ?? ''];
  return texts.flatMap((text) => tryParseIP(text) ?? []);
}

/** `namespace/name` of a Pod. */
export function podName(pod: Pod): string {
  return `${pod.metadata.namespace ?? 'default'}/${pod.metadata.name}`;
}

/** Address of the node's eth0 in the family. */
export function nodeIP(node: NodeView, family: Family): IP | undefined {
  return family === 'ipv4' ? node.ip : node.ipv6;
}

/** The node's flannel lease in the family. */
export function lease(node: NodeView, family: Family): Cidr | undefined {
  return node.podCIDRs.find((cidr) => familyOf(cidr) === family);
}

/** Address of the Pods' bridge on the node: the first of its lease after the network's own. */
export function bridgeIP(node: NodeView, family: Family): IP | undefined {
  const cidr = lease(node, family);
  return cidr === undefined ? undefined : nthAddress(cidr, 1);
}

/** Whether Pod packets between nodes travel in VXLAN; otherwise they are routed over the underlay. */
export function usesVxlan(view: ClusterView): boolean {
  return view.flannel.backend.type === 'vxlan' && !view.flannel.backend.directRouting;
}

/** Name of the VXLAN device, such as flannel.1; undefined for the host-gw backend. */
export function vtepDevice(view: ClusterView, family: Family): string | undefined {
  const { backend } = view.flannel;
  if (backend.type !== 'vxlan') return undefined;
  return family === 'ipv4' ? `flannel.${backend.vni}` : `flannel-v6.${backend.vni}`;
}

/** Address of the node's VXLAN device: the lease's first address, with prefix 32 or 128. */
export function vtepIP(view: ClusterView, node: NodeView, family: Family): IP | undefined {
  const cidr = lease(node, family);
  return cidr === undefined || vtepDevice(view, family) === undefined ? undefined : nthAddress(cidr, 0);
}

/** Whether the address is one of 127.0.0.0/8 or ::1. */
export function isLoopback(ip: IP): boolean {
  return familyOf(ip) === 'ipv6' ? ip === '::1' : ip.startsWith('127.');
}

/** Whether the node itself has the address (`ip route get` says `local`). */
export function isNodeAddress(view: ClusterView, node: NodeView, ip: IP): boolean {
  const family = familyOf(ip);
  if (isLoopback(ip) || ip === nodeIP(node, family)) return true;
  return ip === bridgeIP(node, family) || ip === vtepIP(view, node, family);
}

function build(view: ClusterView): Topology {
  const pods = new Map(view.pods.map((pod) => [podName(pod), pod]));
  const nodes = new Map(view.nodes.map((node) => [node.name, node]));
  const clients = new Map(view.lab.clients.map((client) => [client.name, client]));
  const guests = view.pods.filter((pod) => pod.spec.hostNetwork !== true);
  const byPodIP = new Map(guests.flatMap((pod) => podIPs(pod).map((ip) => [ip, pod] as const)));
  const byNodeIP = new Map<IP, NodeView>(view.nodes.map((node) => [node.ip, node]));
  for (const node of view.nodes) if (node.ipv6 !== undefined) byNodeIP.set(node.ipv6, node);
  const byClientIP = new Map(
    view.lab.clients.flatMap((client) => clientIPs(client).map((ip) => [ip, client] as const)),
  );
  const hostPods = Map.groupBy(
    view.pods.filter((pod) => pod.spec.hostNetwork === true),
    (pod) => pod.spec.nodeName ?? '',
  );
  return {
    view,
    pod: (namespace, name) => pods.get(`${namespace}/${name}`),
    node: (name) => nodes.get(name),
    client: (name) => clients.get(name),
    podAt: (ip) => byPodIP.get(ip),
    nodeAt: (ip) => byNodeIP.get(ip),
    clientAt: (ip) => byClientIP.get(ip),
    leaseHolder: (ip) => view.nodes.find((node) => node.podCIDRs.some((cidr) => cidrContains(cidr, ip))),
    hostPods: (node) => hostPods.get(node) ?? [],
  };
}

const built = new WeakMap<ClusterView, Topology>();

/** The view's topology; made once for a view. */
export function topologyOf(view: ClusterView): Topology {
  const known = built.get(view);
  if (known !== undefined) return known;
  const made = build(view);
  built.set(view, made);
  return made;
}
