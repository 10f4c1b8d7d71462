import { addressBits, cidrContains, type Family, type IP, makeCidr } from '../../net/address.ts';
import { type EndpointInfo, hasEndpointsFor, type SelectedEndpoints } from '../endpoints.ts';
import type { LocalDetector } from '../local-detector.ts';
import { isExternallyAccessible, type ServicePortInfo } from '../service-ports.ts';
import { addressSet } from './address-set.ts';
import { type ServiceNames, serviceNames } from './names.ts';
import { podMatch } from './rule.ts';
import { addressType, ipWord, type NftChain, type NftServiceRules, type NftSet, type SharedSet } from './values.ts';

/** What the rules of every Service port of one node share. */
export interface NftContext {
  readonly family: Family;
  readonly detector: LocalDetector | undefined;
  /** The node's own address; source ranges that hold it also admit the load balancer's address. */
  readonly nodeIP: IP | undefined;
  /** Statement that asks for masquerading: `meta mark set meta mark | 0x00004000`. */
  readonly markMasquerade: string;
}

interface Port {
  readonly info: ServicePortInfo;
  readonly names: ServiceNames;
  readonly endpoints: SelectedEndpoints;
  readonly context: NftContext;
  readonly elements: { set: SharedSet; key: string; value: string }[];
  readonly sets: Map<string, NftSet>;
  readonly chains: Map<string, NftChain>;
}

const noElements: ReadonlyMap<string, string> = new Map();

function addChain(port: Port, name: string, rules: readonly string[]): void {
  port.chains.set(name, { header: [], rules });
}

/** What happens without endpoint: refused, or dropped when other nodes have one. */
function verdict({ endpoints, names }: Port): string {
  return ` comment "${names.comment}" : ${endpoints.hasAny ? 'drop' : 'goto reject-chain'}`;
}

function clusterIPElements(port: Port): void {
  const { info, names, elements } = port;
  const key = `${info.clusterIP} . ${info.protocol} . ${info.port}`;
  elements.push({ set: 'cluster-ips', key: info.clusterIP, value: '' });
  if (hasEndpointsFor(info, port.endpoints, 'internal')) {
    const target = info.internalPolicyLocal ? names.local : names.cluster;
    elements.push({ set: 'service-ips', key, value: ` : goto ${target}` });
  } else {
    elements.push({ set: 'no-endpoint-services', key, value: verdict(port) });
  }
}

function usesFirewall({ loadBalancerVIPs, sourceRanges }: ServicePortInfo): boolean {
  return loadBalancerVIPs.length > 0 && sourceRanges.length > 0;
}

function externalElements(port: Port): void {
  const { info, names, elements, endpoints } = port;
  const open = hasEndpointsFor(info, endpoints, 'external');
  const value = ` : goto ${names.external}`;
  for (const ip of [...info.externalIPs, ...info.loadBalancerVIPs]) {
    const key = `${ip} . ${info.protocol} . ${info.port}`;
    if (endpoints.hasAny) elements.push({ set: 'service-ips', key, value });
    if (!open) elements.push({ set: 'no-endpoint-services', key, value: verdict(port) });
  }
  if (info.nodePort !== 0) {
    const key = `${info.protocol} . ${info.nodePort}`;
    if (endpoints.hasAny) elements.push({ set: 'service-nodeports', key, value });
    if (!open) elements.push({ set: 'no-endpoint-nodeports', key, value: verdict(port) });
  }
  if (!usesFirewall(info)) return;
  for (const ip of info.loadBalancerVIPs) {
    const key = `${ip} . ${info.protocol} . ${info.port}`;
    elements.push({ set: 'firewall-ips', key, value: ` : goto ${names.firewall}` });
  }
}

function hairpinElements({ info, elements, endpoints }: Port): void {
  for (const { ip, port, isLocal } of endpoints.reachable) {
    if (isLocal) {
      elements.push({ set: 'hairpin-connections', key: `${ip} . ${ip} . ${info.protocol} . ${port}`, value: '' });
    }
  }
}

/** Chain external-…: whether the client's address is kept, and the short cut for Pods and the node itself. */
function externalRules({ info, names, context, endpoints }: Port): string[] {
  const { detector, family, markMasquerade } = context;
  const target = info.externalPolicyLocal ? names.local : names.cluster;
  const last = hasEndpointsFor(info, endpoints, 'external') ? [`goto ${target}`] : [];
  if (!info.externalPolicyLocal) return [`${markMasquerade} comment "masquerade"`, ...last];
  const fromPods =
    detector === undefined
      ? []
      : [`${podMatch(detector, false, family)} goto ${names.cluster} comment "short-circuit pod traffic"`];
  return [
    ...fromPods,
    `fib saddr type local ${markMasquerade} comment "masquerade local traffic"`,
    `fib saddr type local goto ${names.cluster} comment "short-circuit local traffic"`,
    ...last,
  ];
}

/** Chain firewall-…: who may use the load balancer's address. */
function firewallRules({ info, context }: Port): string[] {
  const { nodeIP, family } = context;
  const admitsNode = nodeIP !== undefined && info.sourceRanges.some((range) => cidrContains(range, nodeIP));
  const vips = admitsNode ? info.loadBalancerVIPs.map((ip) => makeCidr(ip, addressBits(family))) : [];
  return [`${ipWord(family)} saddr != ${addressSet([...info.sourceRanges, ...vips])} drop`];
}

function balanced({ info, names, context }: Port, endpoints: readonly EndpointInfo[]): string[] {
  const ip = ipWord(context.family);
  const choice = `numgen random mod ${endpoints.length}`;
  if (info.affinitySeconds === undefined) {
    const map = endpoints.map((endpoint, at) => `${at} : ${endpoint.ip} . ${endpoint.port}`).join(', ');
    return [`meta l4proto ${info.protocol} dnat ${ip} to ${choice} map { ${map} }`];
  }
  const map = endpoints.map((endpoint, at) => `${at} : goto ${names.endpoint(endpoint)}`).join(', ');
  return [
    ...endpoints.map((endpoint) => `${ip} saddr @${names.affinity(endpoint)} goto ${names.endpoint(endpoint)}`),
    `${choice} vmap { ${map} }`,
  ];
}

/** Seconds as nft prints them: `3h`, `1d2h3m4s`. */
function nftTime(seconds: number): string {
  const parts: readonly (readonly [string, number])[] = [
    ['d', Math.floor(seconds / 86400)],
    ['h', Math.floor(seconds / 3600) % 24],
    ['m', Math.floor(seconds / 60) % 60],
    ['s', seconds % 60],
  ];
  const text = parts.flatMap(([unit, count]) => (count === 0 ? [] : [`${count}${unit}`])).join('');
  return text === '' ? '0s' : text;
}

function affinityChains(port: Port): void {
  const { info, names, context, endpoints } = port;
  if (info.affinitySeconds === undefined) return;
  const header = [
    `type ${addressType(context.family)}`,
    'size 65535',
    'flags dynamic,timeout',
    `timeout ${nftTime(info.affinitySeconds)}`,
  ];
  for (const endpoint of endpoints.reachable) {
    const affinity = names.affinity(endpoint);
    port.sets.set(affinity, { kind: 'set', header, elements: noElements });
    addChain(port, names.endpoint(endpoint), [
      `update @${affinity} { ${ipWord(context.family)} saddr }`,
      `meta l4proto ${info.protocol} dnat to ${endpoint.text}`,
    ]);
  }
}

/** What one Service port adds to the table of kube-proxy 1.36 in nftables mode. */
export function nftServiceRules(
  info: ServicePortInfo,
  endpoints: SelectedEndpoints,
  context: NftContext,
): NftServiceRules {
  const port: Port = {
    info,
    endpoints,
    context,
    names: serviceNames(info),
    elements: [],
    sets: new Map(),
    chains: new Map(),
  };
  clusterIPElements(port);
  externalElements(port);
  hairpinElements(port);
  affinityChains(port);
  const { names } = port;
  if (endpoints.cluster.length > 0) addChain(port, names.cluster, balanced(port, endpoints.cluster));
  if (endpoints.local.length > 0) addChain(port, names.local, balanced(port, endpoints.local));
  if (endpoints.hasAny && isExternallyAccessible(info)) addChain(port, names.external, externalRules(port));
  if (usesFirewall(info)) addChain(port, names.firewall, firewallRules(port));
  return { elements: port.elements, sets: port.sets, chains: port.chains };
}
