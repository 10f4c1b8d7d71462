import { LabError } from '../errors.ts';
import type { EndpointSlice } from '../kinds/types/endpointslice.ts';
import type { KubeProxyConfiguration } from '../kinds/types/kubeproxyconfiguration.ts';
import type { Node } from '../kinds/types/node.ts';
import type { Service } from '../kinds/types/service.ts';
import type { ServiceCIDR } from '../kinds/types/servicecidr.ts';
import { type Family, type IP, tryParseCidr, tryParseIP } from '../net/address.ts';
import { type ProxyModeName, proxyConfig } from './config.ts';
import { proxyMode } from './modes.ts';
import type { ProxyInput, ProxyNode, ProxyRelease } from './types.ts';

/** What `svclab rules -f` computes from. */
export interface RulesRequest {
  /** Services, EndpointSlices, Nodes and a KubeProxyConfiguration; other kinds are passed over. */
  readonly objects: readonly { readonly kind: string }[];
  /** Name of the node whose rules are wanted. */
  readonly node: string;
  /** The mode; that of the configuration when absent. */
  readonly mode?: ProxyModeName;
  readonly release: ProxyRelease;
  /** One family; absent: ipv4 in iptables mode, both in nftables mode. */
  readonly family?: Family;
}

type Kinds = {
  Service: Service;
  EndpointSlice: EndpointSlice;
  Node: Node;
  ServiceCIDR: ServiceCIDR;
  KubeProxyConfiguration: KubeProxyConfiguration;
};

function ofKind<K extends keyof Kinds>(objects: RulesRequest['objects'], kind: K): readonly Kinds[K][] {
  return objects.filter((object): object is Kinds[K] => object.kind === kind);
}

const defaultConfig: KubeProxyConfiguration = {
  apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
  kind: 'KubeProxyConfiguration',
};

const isDefined = <T>(value: T | undefined): value is T => value !== undefined;

/** The node as a proxy sees it, from its Node object: InternalIP addresses before ExternalIP ones, podCIDRs, labels. */
function proxyNodeOf(node: Node): ProxyNode {
  const { spec, status, metadata } = node;
  const given = status?.addresses ?? [];
  const addresses = ['InternalIP', 'ExternalIP'].flatMap((wanted) => given.filter(({ type }) => type === wanted));
  const podCIDRs = spec?.podCIDRs ?? (spec?.podCIDR === undefined ? [] : [spec.podCIDR]);
  return {
    name: metadata.name,
    ips: addresses.map(({ address }): IP | undefined => tryParseIP(address)).filter(isDefined),
    podCIDRs: podCIDRs.map(tryParseCidr).filter(isDefined),
    labels: metadata.labels ?? {},
  };
}

function findNode(objects: RulesRequest['objects'], name: string): ProxyNode {
  const nodes = ofKind(objects, 'Node');
  const found = nodes.find(({ metadata }) => metadata.name === name);
  if (found !== undefined) return proxyNodeOf(found);
  const names = nodes.map(({ metadata }) => metadata.name).sort();
  throw new LabError('not-found', `there is no node "${name}"`, {
    hint: names.length === 0 ? 'The files hold no Node object.' : `Nodes: ${names.join(', ')}.`,
  });
}

/**
 * The rules of one node as text that `iptables-restore` (or `nft -f`) loads, computed from objects alone.
 * Throws `not-found` for an unknown node, `usage` for a mode that the release never had, and what proxyConfig throws.
 */
export function rulesText({ objects, node, mode, release, family }: RulesRequest): string {
  const configuration = ofKind(objects, 'KubeProxyConfiguration')[0] ?? defaultConfig;
  const config = proxyConfig(configuration, mode);
  const chosen = proxyMode(config.mode, release);
  const common: Omit<ProxyInput, 'family'> = {
    release,
    node: findNode(objects, node),
    config,
    services: ofKind(objects, 'Service'),
    slices: ofKind(objects, 'EndpointSlice'),
    serviceCIDRs: ofKind(objects, 'ServiceCIDR').flatMap(({ spec }) => spec.cidrs.map(tryParseCidr).filter(isDefined)),
  };
  const families = family === undefined ? chosen.defaultFamilies : [family];
  return families.map((each) => chosen.text({ ...common, family: each })).join('');
}
