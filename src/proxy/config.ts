import { LabError } from '../errors.ts';
import type { KubeProxyConfiguration } from '../kinds/types/kubeproxyconfiguration.ts';
import { type Cidr, type Family, familyOf, type IP, tryParseCidr, tryParseIP } from '../net/address.ts';
import { checkConfigFields, ineffectiveFields } from './config-fields.ts';
import { parseDuration } from './duration.ts';

/** A way in which a proxy programs the kernel. */
export type ProxyModeName = 'iptables' | 'nftables' | 'ipvs';

/** How a proxy knows that a packet comes from a Pod of this cluster (or node). */
export type DetectLocalMode = 'ClusterCIDR' | 'NodeCIDR' | 'BridgeInterface' | 'InterfaceNamePrefix';

/** Settings of connection tracking; times in seconds, undefined leaves the kernel's value alone. */
export interface ConntrackConfig {
  readonly maxPerCore: number;
  readonly min: number;
  readonly tcpEstablishedTimeout: number;
  readonly tcpCloseWaitTimeout: number;
  readonly tcpBeLiberal: boolean;
  readonly udpTimeout: number | undefined;
  readonly udpStreamTimeout: number | undefined;
}

/** A KubeProxyConfiguration with every value resolved for one mode. */
export interface ProxyConfig {
  readonly mode: ProxyModeName;
  /** The cluster's Pod network of each family. */
  readonly clusterCIDR: Readonly<Record<Family, Cidr | undefined>>;
  readonly detectLocalMode: DetectLocalMode;
  readonly bridgeInterface: string;
  readonly interfaceNamePrefix: string;
  /** The node's name for "is this endpoint here"; undefined: the name of the node. */
  readonly hostnameOverride: string | undefined;
  /** Address that stands for the node, from bindAddress; undefined: the node's first one. */
  readonly nodeIP: IP | undefined;
  /** Networks whose node addresses take NodePort traffic; empty: the default of the mode. */
  readonly nodePortAddresses: 'primary' | readonly Cidr[];
  readonly masqueradeAll: boolean;
  /** Bit of the packet mark that asks for masquerading, 0 to 31. */
  readonly masqueradeBit: number;
  readonly localhostNodePorts: boolean;
  /** Milliseconds between repairs. */
  readonly syncPeriod: number;
  /** Milliseconds between two syncs at least. */
  readonly minSyncPeriod: number;
  readonly conntrack: ConntrackConfig;
  /** Fields that were given and change nothing in a lab, such as `oomScoreAdj`. */
  readonly withoutEffect: readonly string[];
}

function invalid(field: string, message: string, hint: string): LabError {
  return new LabError('invalid-object', `KubeProxyConfiguration: ${field}: ${message}`, { field, hint });
}

type Section = Readonly<Record<string, unknown>>;

function section(object: Section, field: string): Section {
  const value = object[field];
  return typeof value === 'object' && value !== null ? (value as Section) : {};
}

function durationOf(value: unknown, field: string, fallback: string): number {
  return parseDuration(typeof value === 'string' && value !== '' ? value : fallback, field);
}

function clusterCIDRs(text: string): Readonly<Record<Family, Cidr | undefined>> {
  const cidrs =
    text === ''
      ? []
      : text.split(',').map((part) => {
          const cidr = tryParseCidr(part.trim());
          if (cidr === undefined)
            throw invalid('clusterCIDR', `"${part}" is not a network`, 'Write it like 10.244.0.0/16.');
          return cidr;
        });
  const of = (family: Family): Cidr | undefined => {
    const found = cidrs.filter((cidr) => familyOf(cidr) === family);
    if (found.length > 1) throw invalid('clusterCIDR', `has several ${family} networks`, 'Give one of each family.');
    return found[0];
  };
  return { ipv4: of('ipv4'), ipv6: of('ipv6') };
}

function nodePortAddresses(given: readonly string[]): 'primary' | readonly Cidr[] {
  if (given.includes('primary')) {
    if (given.length === 1) return 'primary';
    throw invalid('nodePortAddresses', '"primary" stands with other entries', 'Use "primary" alone, or networks.');
  }
  return given.map((text, at) => {
    const cidr = tryParseCidr(text);
    if (cidr === undefined) {
      throw invalid(`nodePortAddresses[${at}]`, `"${text}" is not a network`, 'Write networks, or the word primary.');
    }
    return cidr;
  });
}

function detectLocal(
  object: KubeProxyConfiguration,
): Pick<ProxyConfig, 'detectLocalMode' | 'bridgeInterface' | 'interfaceNamePrefix'> {
  const detectLocalMode = object.detectLocalMode || 'ClusterCIDR';
  const bridgeInterface = object.detectLocal?.bridgeInterface ?? '';
  const interfaceNamePrefix = object.detectLocal?.interfaceNamePrefix ?? '';
  const name = detectLocalMode === 'BridgeInterface' ? bridgeInterface : interfaceNamePrefix;
  const field = detectLocalMode === 'BridgeInterface' ? 'bridgeInterface' : 'interfaceNamePrefix';
  if (detectLocalMode.includes('Interface') && !/^[A-Za-z0-9_.-]{1,15}$/.test(name)) {
    throw invalid(`detectLocal.${field}`, `"${name}" is no name of an interface`, 'Give 1 to 15 letters or digits.');
  }
  return { detectLocalMode, bridgeInterface, interfaceNamePrefix };
}

function nodeIPOf(text: unknown): IP | undefined {
  if (typeof text !== 'string' || text === '') return undefined;
  const ip = tryParseIP(text);
  if (ip === undefined) throw invalid('bindAddress', `"${text}" is not an IP address`, 'Write it like 0.0.0.0.');
  return ip === '0.0.0.0' || ip === '::' ? undefined : ip;
}

function masqueradeBitOf(value: unknown): number {
  const bit = value ?? 14;
  if (typeof bit === 'number' && Number.isInteger(bit) && bit >= 0 && bit <= 31) return bit;
  throw invalid('masqueradeBit', `${String(bit)} is no bit of a mark`, 'Give a number from 0 to 31.');
}

function conntrackOf(given: Section): ConntrackConfig {
  const number = (name: string, fallback: number): number => {
    const value = given[name];
    return typeof value === 'number' ? value : fallback;
  };
  const seconds = (name: string, fallback: string): number =>
    Math.floor(durationOf(given[name], `conntrack.${name}`, fallback) / 1000);
  return {
    maxPerCore: number('maxPerCore', 32768),
    min: number('min', 131072),
    tcpEstablishedTimeout: seconds('tcpEstablishedTimeout', '24h'),
    tcpCloseWaitTimeout: seconds('tcpCloseWaitTimeout', '1h'),
    tcpBeLiberal: given.tcpBeLiberal === true,
    udpTimeout: seconds('udpTimeout', '0') || undefined,
    udpStreamTimeout: seconds('udpStreamTimeout', '0') || undefined,
  };
}

/**
 * The configuration with all defaults of kube-proxy, for its own mode or the one given. When another mode than the
 * configuration's own is asked for and it has no section for it, the section of its own mode speaks for it.
 * Throws `unknown-field`, `invalid-object`. Source: kubeproxy.config.k8s.io/v1alpha1 of release 1.36.
 */
export function proxyConfig(object: KubeProxyConfiguration, mode?: ProxyModeName): ProxyConfig {
  checkConfigFields(object);
  const own = object.mode || 'iptables';
  const effective = mode ?? own;
  const options: Section = { ...(effective === own ? {} : section(object, own)), ...section(object, effective) };
  const field = (name: string): string => `${effective}.${name}`;
  const minSync = effective === 'ipvs' ? '0s' : '1s';
  return {
    mode: effective,
    clusterCIDR: clusterCIDRs(object.clusterCIDR ?? ''),
    ...detectLocal(object),
    hostnameOverride: object.hostnameOverride?.trim().toLowerCase() || undefined,
    nodeIP: nodeIPOf(object.bindAddress),
    nodePortAddresses: nodePortAddresses(object.nodePortAddresses ?? []),
    masqueradeAll: options.masqueradeAll === true,
    masqueradeBit: masqueradeBitOf(options.masqueradeBit),
    localhostNodePorts: object.iptables?.localhostNodePorts ?? true,
    syncPeriod: durationOf(options.syncPeriod, field('syncPeriod'), '30s') || 30_000,
    minSyncPeriod: durationOf(options.minSyncPeriod, field('minSyncPeriod'), minSync),
    conntrack: conntrackOf(section(object, 'conntrack')),
    withoutEffect: ineffectiveFields(object, effective),
  };
}
