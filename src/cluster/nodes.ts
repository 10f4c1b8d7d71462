import type { LabNode, Node, NodeAddress, Taint } from '../kinds/types.ts';
import { type IP, parseCidr, tryParseIP } from '../net/address.ts';
import { nextNodeAddress } from './allocators/node-ip.ts';
import { timestamp } from './names.ts';
import { zoneLabel } from './services/pod-endpoint.ts';
import type { ObjectStore } from './store.ts';

/** Annotation of a node that runs no kube-proxy, when its value is "false". */
export const kubeProxyAnnotation = 'svclab.dev/kube-proxy';
/** Label, and key of the taint, of control-plane nodes. */
export const controlPlane = 'node-role.kubernetes.io/control-plane';

const controlPlaneTaint: Taint = { key: controlPlane, effect: 'NoSchedule' };

/** The node's address on the underlay: its first InternalIP of IPv4, or of IPv6 when asked. */
export function internalIP(node: Node, family: 'ipv4' | 'ipv6' = 'ipv4'): IP | undefined {
  const addresses = (node.status.addresses ?? []).filter(({ type }) => type === 'InternalIP');
  const parsed = addresses.flatMap(({ address }) => tryParseIP(address) ?? []);
  return parsed.find((ip) => ip.includes(':') === (family === 'ipv6'));
}

/** Addresses of the underlay that are used or spoken for by the Lab. */
function takenAddresses(store: ObjectStore): ReadonlySet<string> {
  const spec = store.list('Lab')[0]?.spec;
  const given = [...(spec?.nodes ?? []).map(({ ip }) => ip), ...(spec?.clients ?? []).map(({ ip }) => ip)];
  const inUse = store.list('Node').map((node) => internalIP(node));
  return new Set([...given, ...inUse].filter((ip) => ip !== undefined));
}

function addressesOf(node: Node, store: ObjectStore): readonly NodeAddress[] {
  const given = node.status.addresses ?? [];
  const hostname = given.some(({ type }) => type === 'Hostname');
  const own: readonly NodeAddress[] = hostname ? [] : [{ type: 'Hostname', address: node.metadata.name }];
  if (internalIP(node) !== undefined) return [...given, ...own];
  const taken = takenAddresses(store);
  const underlay = parseCidr(store.list('Lab')[0]?.spec.underlay.cidr ?? '192.168.56.0/24');
  const address = nextNodeAddress(underlay, (ip) => taken.has(ip));
  return [{ type: 'InternalIP', address }, ...given, ...own];
}

/** The node with what its kubelet reports when it joins: hostname label, an address on the underlay, condition Ready. */
export function completeNode(node: Node, store: ObjectStore): Node {
  const ready = {
    type: 'Ready',
    status: 'True',
    reason: 'KubeletReady',
    message: 'kubelet is posting ready status',
    lastTransitionTime: timestamp(store.now()),
  } as const;
  const labels = { 'kubernetes.io/hostname': node.metadata.name, 'kubernetes.io/os': 'linux', ...node.metadata.labels };
  return {
    ...node,
    metadata: { ...node.metadata, labels },
    status: {
      ...node.status,
      addresses: addressesOf(node, store),
      conditions: node.status.conditions ?? [ready],
    },
  };
}

/** The Node object of an entry of the Lab; completeNode gives it an address when it has none. */
export function nodeFromLab({ name, role, ip, zone, labels, taints, kubeProxy }: LabNode): Node {
  const isControlPlane = role === 'control-plane';
  const allTaints = [...(isControlPlane ? [controlPlaneTaint] : []), ...(taints ?? [])];
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: {
        ...(isControlPlane ? { [controlPlane]: '' } : {}),
        ...(zone === undefined ? {} : { [zoneLabel]: zone }),
        ...labels,
      },
      ...(kubeProxy === false ? { annotations: { [kubeProxyAnnotation]: 'false' } } : {}),
    },
    spec: allTaints.length === 0 ? {} : { taints: allTaints },
    status: ip === undefined ? {} : { addresses: [{ type: 'InternalIP', address: ip }] },
  };
}
