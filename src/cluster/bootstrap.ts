import { type EndpointSlice, serviceNameLabel } from '../kinds/types/endpointslice.ts';
import type { Lab, LabNode } from '../kinds/types/lab.ts';
import type { Service } from '../kinds/types/service.ts';
import { type Cidr, type Family, familyOf, parseCidr } from '../net/address.ts';
import { kubernetesServiceIP } from './allocators/cluster-ip.ts';
import { sameValue } from './equal.ts';
import { familyName } from './families.ts';
import { makeKey } from './keys.ts';
import { completeNode, controlPlane, internalIP, kubeProxyAnnotation, nodeFromLab } from './nodes.ts';
import type { ObjectStore } from './store.ts';

/** Namespaces that every cluster has; they come back by themselves, so deleting them is refused. */
export const systemNamespaces: readonly string[] = ['default', 'kube-node-lease', 'kube-public', 'kube-system'];

const apiServerPort = 6443;

/** What a cluster gets besides nodes and namespaces. */
export interface BootstrapOptions {
  /** Whether Service `default/kubernetes` is made, if the lab has a control-plane node. Yes when absent. */
  readonly kubernetesService?: boolean;
}

function createNamespaces(store: ObjectStore): void {
  for (const name of systemNamespaces) {
    const labels = { 'kubernetes.io/metadata.name': name };
    store.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } });
  }
}

function createServiceCIDR({ spec }: Lab, store: ObjectStore): void {
  const cidrs = spec.serviceClusterIPRange.split(',').map((cidr) => cidr.trim());
  store.create({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'ServiceCIDR',
    metadata: { name: 'kubernetes' },
    spec: { cidrs },
  });
}

function kubernetesService(range: Cidr): Service {
  const clusterIP = kubernetesServiceIP(range);
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: 'kubernetes',
      namespace: 'default',
      labels: { component: 'apiserver', provider: 'kubernetes' },
    },
    spec: {
      type: 'ClusterIP',
      clusterIP,
      clusterIPs: [clusterIP],
      ipFamilies: [familyName(familyOf(range))],
      ipFamilyPolicy: 'SingleStack',
      internalTrafficPolicy: 'Cluster',
      sessionAffinity: 'None',
      ports: [{ name: 'https', protocol: 'TCP', port: 443, targetPort: apiServerPort }],
    },
  };
}

function kubernetesSlice(addresses: readonly string[], family: Family): EndpointSlice {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'kubernetes', namespace: 'default', labels: { [serviceNameLabel]: 'kubernetes' } },
    addressType: familyName(family),
    endpoints: addresses.map((address) => ({ addresses: [address], conditions: { ready: true } })),
    ports: [{ name: 'https', protocol: 'TCP', port: apiServerPort }],
  };
}

/** Service, EndpointSlice and Endpoints that an API server keeps for itself, of the family that Services get. */
function createKubernetesService({ spec }: Lab, store: ObjectStore): void {
  const servers = store.list('Node').filter((node) => node.metadata.labels?.[controlPlane] !== undefined);
  const [text = ''] = spec.serviceClusterIPRange.split(',');
  const range = parseCidr(text.trim());
  const addresses = servers.flatMap((node) => internalIP(node, familyOf(range)) ?? []);
  if (addresses.length === 0) return;
  store.create(kubernetesService(range));
  store.create(kubernetesSlice(addresses, familyOf(range)));
  store.create({
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: {
      name: 'kubernetes',
      namespace: 'default',
      labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' },
    },
    subsets: [
      { addresses: addresses.map((ip) => ({ ip })), ports: [{ name: 'https', port: apiServerPort, protocol: 'TCP' }] },
    ],
  });
}

/**
 * Fills an empty store with what a new cluster has: the Lab, its nodes, the four namespaces, ServiceCIDR `kubernetes`,
 * and Service `default/kubernetes`. Nothing listens on port 6443 in a lab, so connections to that Service are refused.
 */
export function bootstrap(store: ObjectStore, lab: Lab, options: BootstrapOptions = {}): void {
  store.transaction(() => {
    store.create(lab);
    createNamespaces(store);
    createServiceCIDR(lab, store);
    for (const node of lab.spec.nodes) store.create(completeNode(nodeFromLab(node), store));
    if (options.kubernetesService !== false) createKubernetesService(lab, store);
  });
}

function changeNode(before: LabNode, after: LabNode, store: ObjectStore): void {
  const node = store.get('Node', undefined, after.name);
  if (node === undefined || sameValue(before, after)) return;
  const [old, next] = [nodeFromLab(before), nodeFromLab(after)];
  const dropped = new Set(Object.keys(old.metadata.labels ?? {}));
  const kept = Object.entries(node.metadata.labels ?? {}).filter(([name]) => !dropped.has(name));
  const annotations = { ...node.metadata.annotations, [kubeProxyAnnotation]: String(after.kubeProxy !== false) };
  const { taints: _, ...spec } = node.spec;
  store.update({
    ...node,
    metadata: { ...node.metadata, labels: { ...Object.fromEntries(kept), ...next.metadata.labels }, annotations },
    spec: next.spec.taints === undefined ? spec : { ...spec, taints: next.spec.taints },
  });
}

/** Makes the Node objects follow a changed list of nodes in the Lab: new ones join, missing ones leave. */
export function followLabNodes(store: ObjectStore, before: Lab, after: Lab): void {
  const old = new Map(before.spec.nodes.map((node) => [node.name, node]));
  const next = new Set(after.spec.nodes.map((node) => node.name));
  for (const { name } of before.spec.nodes) {
    if (!next.has(name) && store.get('Node', undefined, name) !== undefined) store.delete(makeKey('Node', '', name));
  }
  for (const node of after.spec.nodes) {
    const known = old.get(node.name);
    if (known !== undefined) changeNode(known, node, store);
    else if (store.get('Node', undefined, node.name) === undefined) {
      store.create(completeNode(nodeFromLab(node), store));
    }
  }
}
