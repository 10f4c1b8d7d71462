import type { ClusterView, NodeView } from '../../../src/cluster/view.ts';
import type { EndpointSlice } from '../../../src/kinds/types/endpointslice.ts';
import type { KubeProxyConfiguration } from '../../../src/kinds/types/kubeproxyconfiguration.ts';
import type { LabSpec } from '../../../src/kinds/types/lab.ts';
import type { Node } from '../../../src/kinds/types/node.ts';
import type { Service } from '../../../src/kinds/types/service.ts';
import { parseManifest } from '../../../src/manifest/parse.ts';
import {
  type Cidr,
  familyOf,
  type IP,
  type IPv4,
  type IPv6,
  type Mac,
  parseCidr,
  parseIPv4,
  tryParseIP,
} from '../../../src/net/address.ts';
import { podsOf } from './pods.ts';

/** How the real kube-proxy of a golden case was run. */
export interface GoldenSetting {
  readonly release: '1.20' | '1.36';
  readonly mode: 'iptables' | 'nftables';
}

type Objects = readonly { readonly kind: string }[];

interface Kinds {
  Service: Service;
  EndpointSlice: EndpointSlice;
  Node: Node;
  KubeProxyConfiguration: KubeProxyConfiguration;
}

function ofKind<K extends keyof Kinds>(objects: Objects, kind: K): readonly Kinds[K][] {
  return objects.filter((object): object is Kinds[K] => object.kind === kind);
}

/** Hosts outside; one of them in the networks that cases admit with loadBalancerSourceRanges. */
const clients = [
  { name: 'laptop', ip: '203.0.113.10', ips: ['203.0.113.10', '2001:db8:113::10'] },
  { name: 'phone', ip: '198.18.0.7', ips: ['198.18.0.7', '2001:db8:100::7'] },
];

/** The router sends every externalIP to node1, whose rules are the golden ones. */
function externalIPs(services: readonly Service[]): LabSpec['externalIPs'] {
  const texts = services.flatMap(({ spec }) => spec.externalIPs ?? []);
  const ips = [...new Set(texts)].flatMap((text) => tryParseIP(text) ?? []);
  return ips.map((ip) => ({ cidr: `${ip}/${familyOf(ip) === 'ipv4' ? 32 : 128}`, via: 'node1' }));
}

function nodeView({ metadata, spec, status }: Node, at: number): NodeView {
  const ips = (status?.addresses ?? [])
    .filter(({ type }) => type === 'InternalIP')
    .flatMap(({ address }): IP[] => [tryParseIP(address) ?? []].flat());
  const ipv6 = ips.find((ip) => familyOf(ip) === 'ipv6');
  const labels = metadata.labels ?? {};
  const zone = labels['topology.kubernetes.io/zone'];
  return {
    name: metadata.name,
    ip: parseIPv4(ips.find((ip) => familyOf(ip) === 'ipv4') ?? ''),
    ...(ipv6 === undefined ? {} : { ipv6 }),
    mac: `02:00:00:00:56:1${at}` as Mac,
    labels,
    ...(zone === undefined ? {} : { zone }),
    podCIDRs: (spec?.podCIDRs ?? []).map((text): Cidr => parseCidr(text)),
    vtepMac: `02:00:00:00:44:1${at}` as Mac,
    vtepMacV6: `02:00:00:00:46:1${at}` as Mac,
    kubeProxy: true,
  };
}

function flannelOf(dualStack: boolean): ClusterView['flannel'] {
  return {
    network: parseCidr('10.244.0.0/16'),
    subnetLen: 24,
    subnetMin: '10.244.0.0' as IPv4,
    subnetMax: '10.244.255.0' as IPv4,
    ...(dualStack
      ? {
          ipv6: {
            network: parseCidr('fd00:10:244::/48'),
            subnetLen: 64,
            subnetMin: 'fd00:10:244::' as IPv6,
            subnetMax: 'fd00:10:244:ff::' as IPv6,
          },
        }
      : {}),
    ipMasq: true,
    backend: { type: 'vxlan', vni: 1, port: 8472, directRouting: false, learning: false, gbp: false },
  };
}

function labOf(services: readonly Service[], setting: GoldenSetting, dualStack: boolean): LabSpec {
  const manifest = {
    apiVersion: 'svclab.dev/v1',
    kind: 'Lab',
    metadata: { name: 'golden' },
    spec: {
      nodes: [{ name: 'node1' }, { name: 'node2' }, { name: 'node3' }],
      underlay: { cidr: `192.168.56.0/24${dualStack ? ',fd00:56::/64' : ''}` },
      serviceClusterIPRange: `10.96.0.0/12${dualStack ? ',fd00:10:96::/112' : ''}`,
      clients: clients.map(({ name, ip, ips }) => (dualStack ? { name, ips } : { name, ip })),
      externalIPs: externalIPs(services),
      kubernetesRelease: setting.release,
      dns: false,
    },
  };
  const [parsed] = parseManifest({ file: 'golden', text: JSON.stringify(manifest) });
  if (parsed?.object.kind !== 'Lab') throw new TypeError('a Lab manifest is a Lab');
  return parsed.object.spec;
}

/** The API server of the golden runs did not apply label selectors: those proxies served such Services, too. */
function served<T extends Service | EndpointSlice>(object: T): T {
  const { 'service.kubernetes.io/service-proxy-name': _, ...labels } = object.metadata.labels ?? {};
  return { ...object, metadata: { ...object.metadata, labels } };
}

/** The cases are configured for mode iptables; in mode nftables the same is said in its own section. */
function nftablesOf(config: KubeProxyConfiguration | undefined): Partial<KubeProxyConfiguration> {
  const { localhostNodePorts: _, ...options } = config?.iptables ?? {};
  return { nftables: options };
}

/** A golden case as a cluster: its objects, Pods where endpoints are, a network of flannel's, and hosts outside. */
export function goldenView(objects: Objects, setting: GoldenSetting): ClusterView {
  const nodes = ofKind(objects, 'Node').map(nodeView);
  const services = ofKind(objects, 'Service').map(served);
  const slices = ofKind(objects, 'EndpointSlice').map(served);
  const [config] = ofKind(objects, 'KubeProxyConfiguration');
  const dualStack = nodes.some(({ ipv6 }) => ipv6 !== undefined);
  return {
    lab: labOf(services, setting, dualStack),
    flannel: flannelOf(dualStack),
    proxy: {
      apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
      kind: 'KubeProxyConfiguration',
      ...config,
      mode: setting.mode,
      ...(setting.mode === 'nftables' ? nftablesOf(config) : {}),
    },
    nodes,
    pods: podsOf(nodes, slices),
    services,
    slices,
  };
}
