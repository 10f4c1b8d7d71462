import type { Service, ServicePort } from '../kinds/types/service.ts';
import type { Protocol } from '../kinds/types/values.ts';
import { type Cidr, type Family, familyOf, type IP, tryParseCidr, tryParseIP } from '../net/address.ts';
import type { ProxyBehaviour } from './behaviour.ts';

/** Protocol as rules write it. */
export type RuleProtocol = 'tcp' | 'udp' | 'sctp';

/** One port of a Service as a proxy of one family handles it. */
export interface ServicePortInfo {
  readonly namespace: string;
  readonly name: string;
  readonly portName: string;
  readonly protocol: RuleProtocol;
  readonly clusterIP: IP;
  readonly port: number;
  /** 0 when there is none. */
  readonly nodePort: number;
  readonly externalIPs: readonly IP[];
  readonly loadBalancerVIPs: readonly IP[];
  readonly sourceRanges: readonly Cidr[];
  /** Seconds of ClientIP affinity; undefined without affinity. */
  readonly affinitySeconds: number | undefined;
  readonly externalPolicyLocal: boolean;
  readonly internalPolicyLocal: boolean;
  /** 0 when there is none. */
  readonly healthCheckNodePort: number;
}

const lowerProtocol: Readonly<Record<Protocol, RuleProtocol>> = { TCP: 'tcp', UDP: 'udp', SCTP: 'sctp' };

const defaultAffinitySeconds = 10800;

/** The protocol in lower case. */
export function ruleProtocol(protocol: Protocol | undefined): RuleProtocol {
  return lowerProtocol[protocol ?? 'TCP'];
}

function ofFamily<T extends IP | Cidr>(values: readonly (T | undefined)[], family: Family): T[] {
  return values.filter((value): value is T => value !== undefined && familyOf(value) === family);
}

const noIPs: readonly IP[] = [];
const noRanges: readonly Cidr[] = [];

function parseIPs(texts: readonly string[] | undefined, family: Family): readonly IP[] {
  return texts === undefined || texts.length === 0 ? noIPs : ofFamily(texts.map(tryParseIP), family);
}

function clusterIPOf(service: Service, family: Family): IP | undefined {
  const { clusterIP, clusterIPs, type } = service.spec;
  if (type === 'ExternalName') return undefined;
  if (clusterIP === 'None') return undefined;
  const all = clusterIPs !== undefined && clusterIPs.length > 0 ? clusterIPs : [clusterIP ?? ''];
  return parseIPs(all, family)[0];
}

function vips(service: Service, family: Family, behaviour: ProxyBehaviour): readonly IP[] {
  const ingress = service.status?.loadBalancer?.ingress;
  if (ingress === undefined || ingress.length === 0) return noIPs;
  const counted = ingress.filter(({ ipMode }) => !behaviour.readsIPMode || ipMode === undefined || ipMode === 'VIP');
  return ofFamily(
    counted.map(({ ip }) => (ip === undefined ? undefined : tryParseIP(ip))),
    family,
  );
}

function affinitySeconds({ spec }: Service): number | undefined {
  if (spec.sessionAffinity !== 'ClientIP') return undefined;
  return spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? defaultAffinitySeconds;
}

function externalPolicyLocal({ spec }: Service, behaviour: ProxyBehaviour): boolean {
  if (spec.externalTrafficPolicy !== 'Local') return false;
  if (spec.type === 'LoadBalancer' || spec.type === 'NodePort') return true;
  return behaviour.externalIPsObeyPolicy && (spec.externalIPs ?? []).length > 0;
}

/** What all ports of one Service share, or undefined when the proxy ignores the Service. */
function shared(service: Service, family: Family, behaviour: ProxyBehaviour) {
  const { spec } = service;
  const clusterIP = clusterIPOf(service, family);
  if (clusterIP === undefined) return undefined;
  const local = externalPolicyLocal(service, behaviour);
  const ranges = spec.loadBalancerSourceRanges;
  return {
    namespace: service.metadata.namespace ?? 'default',
    name: service.metadata.name,
    clusterIP,
    externalIPs: parseIPs(spec.externalIPs, family),
    loadBalancerVIPs: vips(service, family, behaviour),
    sourceRanges:
      ranges === undefined
        ? noRanges
        : ofFamily(
            ranges.map((range) => tryParseCidr(range.trim())),
            family,
          ),
    affinitySeconds: affinitySeconds(service),
    externalPolicyLocal: local,
    internalPolicyLocal: behaviour.internalTrafficPolicy && spec.internalTrafficPolicy === 'Local',
    healthCheckNodePort: local && spec.type === 'LoadBalancer' ? (spec.healthCheckNodePort ?? 0) : 0,
  };
}

function byNameAndProtocol(a: ServicePort, b: ServicePort): number {
  const left = `${a.name ?? ''} ${a.protocol}`;
  const right = `${b.name ?? ''} ${b.protocol}`;
  return left < right ? -1 : left > right ? 1 : 0;
}

/**
 * The Service's ports that a proxy of this family handles, sorted by port name and protocol; none for headless and
 * ExternalName Services and for those of the other family.
 */
export function servicePorts(service: Service, family: Family, behaviour: ProxyBehaviour): readonly ServicePortInfo[] {
  const common = shared(service, family, behaviour);
  const ports = service.spec.ports ?? [];
  if (common === undefined) return [];
  return (ports.length > 1 ? [...ports].sort(byNameAndProtocol) : ports).map((port) => ({
    ...common,
    portName: port.name ?? '',
    protocol: ruleProtocol(port.protocol),
    port: port.port,
    nodePort: port.nodePort ?? 0,
  }));
}

/** Whether connections from outside of the cluster can reach the port. */
export function isExternallyAccessible(info: ServicePortInfo): boolean {
  return info.nodePort !== 0 || info.loadBalancerVIPs.length > 0 || info.externalIPs.length > 0;
}

/** Whether any traffic of the port may go to endpoints everywhere. */
export function usesClusterEndpoints(info: ServicePortInfo): boolean {
  return !info.internalPolicyLocal || isExternallyAccessible(info);
}

/** Whether any traffic of the port is bound to endpoints of this node. */
export function usesLocalEndpoints(info: ServicePortInfo): boolean {
  return info.internalPolicyLocal || (info.externalPolicyLocal && isExternallyAccessible(info));
}
