import { clientIPs, labFamilies, underlayOf } from '../kinds/lab-networks.ts';
import type { LabNode, LabSpec } from '../kinds/types/lab.ts';
import type { Node, NodeAddress, Taint } from '../kinds/types/node.ts';
import { type Family, type IP, parseCidr, tryParseIP } from '../net/address.ts';
import { likeNodeAddress, nextNodeAddress } from './allocators/node-ip.ts';
import { timestamp } from './names.ts';
import { zoneLabel } from './services/pod-endpoint.ts';
import type { ObjectStore } from './store.ts';

/** Annotation of a node that runs no kube-proxy, when its value is "false". */
export const kubeProxyAnnotation = 'svclab.dev/kube-proxy';
/** Label, and key of the taint, of control-plane nodes. */
export const controlPlane = 'node-role.kubernetes.io/control-plane';

const controlPlaneTaint: Taint = { key: controlPlane, effect: 'NoSchedule' };

/** The node's address on the underlay: its first InternalIP of IPv4, or of IPv6 when asked. */
export function internalIP(node: Node, family: Family = 'ipv4'): IP | undefined {
  const addresses = (node.status.addresses ?? []).filter(({ type }) => type === 'InternalIP');
  const parsed = addresses.flatMap(({ address }) => tryParseIP(address) ?? []);
  return parsed.find((ip) => ip.includes(':') === (family === 'ipv6'));
}

/** Addresses of the underlay that are used or spoken for by the Lab. */
function takenAddresses(store: ObjectStore): ReadonlySet<string> {
  const spec = store.list('Lab')[0]?.spec;
  const given = [...(spec?.nodes ?? []).map(({ ip }) => ip), ...(spec?.clients ?? []).flatMap(clientIPs)];
  const inUse = store.list('Node').flatMap((node) => [internalIP(node), internalIP(node, 'ipv6')]);
  return new Set([...given, ...inUse].filter((ip) => ip !== undefined));
}

const defaultLab: Pick<LabSpec, 'underlay'> = { underlay: { cidr: '192.168.56.0/24', mtu: 1500 } };

/** The addresses of the underlay that a node has not yet: one of each of its families. */
function missingAddresses(node: Node, store: ObjectStore): readonly NodeAddress[] {
  const lab = store.list('Lab')[0]?.spec ?? defaultLab;
  const missing = labFamilies(lab).filter((family) => internalIP(node, family) === undefined);
  if (missing.length === 0) return [];
  const taken = takenAddresses(store);
  const isTaken = (ip: IP) => taken.has(ip);
  const underlay = underlayOf(lab, 'ipv4') ?? parseCidr(defaultLab.underlay.cidr);
  const ipv4 = internalIP(node) ?? nextNodeAddress(underlay, isTaken);
  return missing.map((family) => {
    const network = underlayOf(lab, family);
    const address =
      family === 'ipv4' || network === undefined ? ipv4 : likeNodeAddress({ ip: ipv4, underlay }, network, isTaken);
    return { type: 'InternalIP', address };
  });
}

function addressesOf(node: Node, store: ObjectStore): readonly NodeAddress[] {
  const given = node.status.addresses ?? [];
  const hostname = given.some(({ type }) => type === 'Hostname');
  const own: readonly NodeAddress[] = hostname ? [] : [{ type: 'Hostname', address: node.metadata.name }];
  const missing = missingAddresses(node, store);
  const hasIPv4 = internalIP(node) !== undefined;
  return hasIPv4 ? [...given, ...missing, ...own] : [...missing, ...given, ...own];
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
