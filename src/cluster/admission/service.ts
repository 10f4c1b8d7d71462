import { type Invalid, invalid } from '../../kinds/check/invalid.ts';
import type { Service, ServicePort, ServiceSpec } from '../../kinds/types/service.ts';
import { type Family, familyOf, tryParseIP } from '../../net/address.ts';
import { sameValue } from '../equal.ts';
import { familyName } from '../families.ts';

type IPFamily = ReturnType<typeof familyName>;

/** Whether the Service has a virtual IP. */
export function hasClusterIP({ type, clusterIP }: ServiceSpec): boolean {
  return type !== 'ExternalName' && clusterIP !== 'None';
}

/** Whether each port of the Service gets a nodePort. */
export function needsNodePorts({ type, allocateLoadBalancerNodePorts }: ServiceSpec): boolean {
  return type === 'NodePort' || (type === 'LoadBalancer' && allocateLoadBalancerNodePorts !== false);
}

/** Whether the Service gets a port for health checks: LoadBalancer with externalTrafficPolicy Local. */
export function needsHealthCheckNodePort({ type, externalTrafficPolicy }: ServiceSpec): boolean {
  return type === 'LoadBalancer' && externalTrafficPolicy === 'Local';
}

function without<K extends keyof ServiceSpec>(spec: ServiceSpec, ...fields: readonly K[]): ServiceSpec {
  const drop: readonly string[] = fields;
  return Object.fromEntries(Object.entries(spec).filter(([name]) => !drop.includes(name))) as unknown as ServiceSpec;
}

const portId = ({ protocol, port }: ServicePort) => `${protocol}/${port}`;

function withoutNodePort({ nodePort: _, ...port }: ServicePort): ServicePort {
  return port;
}

function patchPorts(spec: ServiceSpec, old: ServiceSpec | undefined): ServiceSpec {
  if (spec.ports === undefined) return spec;
  const keepsPorts = spec.type === 'NodePort' || spec.type === 'LoadBalancer';
  if (!keepsPorts) return { ...spec, ports: spec.ports.map(withoutNodePort) };
  const known = new Map((old?.ports ?? []).map((port) => [portId(port), port.nodePort]));
  const used = new Set(spec.ports.map((port) => port.nodePort));
  const ports = spec.ports.map((port) => {
    const before = known.get(portId(port));
    if ((port.nodePort ?? 0) !== 0 || before === undefined) return port;
    return used.has(before) ? port : { ...port, nodePort: before };
  });
  return { ...spec, ports };
}

function patchAddresses(spec: ServiceSpec, old: ServiceSpec | undefined): ServiceSpec {
  if (spec.type === 'ExternalName') return without(spec, 'clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy');
  const given = spec.clusterIP ?? spec.clusterIPs?.[0] ?? '';
  const first = given === '' ? (old?.clusterIP ?? '') : given;
  if (first === '') return without(spec, 'clusterIP', 'clusterIPs');
  const oldIPs = old?.clusterIP === first ? old.clusterIPs : undefined;
  const clusterIPs = spec.clusterIPs?.[0] === first ? spec.clusterIPs : (oldIPs ?? [first]);
  return { ...spec, clusterIP: first, clusterIPs };
}

/** From two families to SingleStack: the second address and family go, unless the manifest changes them itself (KEP-563). */
function dropSecondFamily(spec: ServiceSpec, old: ServiceSpec | undefined): ServiceSpec {
  const { clusterIPs = [], ipFamilies = [] } = spec;
  const downgraded = spec.ipFamilyPolicy === 'SingleStack' && old !== undefined && old.ipFamilyPolicy !== 'SingleStack';
  if (!downgraded || !sameValue(ipFamilies, old.ipFamilies) || !sameValue(clusterIPs, old.clusterIPs)) return spec;
  return { ...spec, clusterIPs: clusterIPs.slice(0, 1), ipFamilies: ipFamilies.slice(0, 1) };
}

/**
 * The Service with the addresses and ports it has already, where the manifest leaves them open, and without those that
 * its type no longer has (registry/core/service patchAllocatedValues and dropTypeDependentFields).
 */
export function keepAllocated(service: Service, old: Service | undefined): Service {
  const oldSpec = old?.spec.type === 'ExternalName' ? undefined : old?.spec;
  const addressed = patchPorts(dropSecondFamily(patchAddresses(service.spec, oldSpec), oldSpec), oldSpec);
  const spec = needsHealthCheckNodePort(addressed) ? addressed : without(addressed, 'healthCheckNodePort');
  return { ...service, spec };
}

function explicitFamilies(spec: ServiceSpec): readonly IPFamily[] {
  return (spec.clusterIPs ?? []).flatMap((text) => {
    const ip = tryParseIP(text);
    return ip === undefined ? [] : [familyName(familyOf(ip))];
  });
}

/** A headless Service whose endpoints svclab does not make: they may be of any family. */
function takesAnyEndpoints({ clusterIP, selector = {} }: ServiceSpec): boolean {
  return clusterIP === 'None' && Object.keys(selector).length === 0;
}

/**
 * The policy of a Service that gives none: SingleStack, or RequireDualStack for a headless one without selector
 * (registry/core/service alloc.go).
 */
export function familyPolicy(spec: ServiceSpec): NonNullable<ServiceSpec['ipFamilyPolicy']> {
  return spec.ipFamilyPolicy ?? (takesAnyEndpoints(spec) ? 'RequireDualStack' : 'SingleStack');
}

/** Families of the Service, in order, in a cluster that has these; or why it cannot have them (KEP-563). */
export function chooseFamilies(spec: ServiceSpec, cluster: readonly Family[]): readonly IPFamily[] | Invalid {
  const available = cluster.map(familyName);
  const explicit = explicitFamilies(spec);
  const asked = spec.ipFamilies ?? [];
  const start = [...new Set([...explicit, ...asked])];
  const chosen = start.length > 0 ? start : available.slice(0, 1);
  const missing = takesAnyEndpoints(spec) ? -1 : chosen.findIndex((family) => !available.includes(family));
  if (missing >= 0) {
    return invalid(`spec.ipFamilies[${missing}]`, chosen[missing], 'not configured on this cluster');
  }
  const ipFamilyPolicy = familyPolicy(spec);
  if (ipFamilyPolicy === 'SingleStack') return chosen.slice(0, 1);
  if (takesAnyEndpoints(spec)) return [...new Set([...chosen, 'IPv4', 'IPv6'] as const)];
  if (ipFamilyPolicy === 'RequireDualStack' && available.length < 2) {
    const hint = 'Give the Lab a serviceClusterIPRange of each family.';
    return invalid(
      'spec.ipFamilyPolicy',
      ipFamilyPolicy,
      'this cluster is not configured for dual-stack services',
      hint,
    );
  }
  return [...chosen, ...available.filter((family) => !chosen.includes(family))];
}
