import { type Invalid, immutable } from './check/invalid.ts';
import { checkService, externallyAccessible } from './check/service.ts';
import { age, orNone } from './columns.ts';
import { defaultObject } from './defaults.ts';
import { type Draft, defineKind } from './definition.ts';
import { protocol } from './schema/container.ts';
import { condition, topLevel } from './schema/meta.ts';
import { flag, int, intOrString, list, oneOf, stringMap, struct, text, texts } from './schema/struct.ts';
import { formatSelector } from './selector.ts';
import type { Service, ServicePort, ServiceSpec } from './types/service.ts';

function schema() {
  const policy = oneOf('Cluster', 'Local');
  const port = struct({ name: text, protocol, appProtocol: text, port: int, targetPort: intOrString, nodePort: int });
  const spec = struct({
    type: oneOf('ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName'),
    selector: stringMap,
    ports: list(port),
    clusterIP: text,
    clusterIPs: texts,
    ipFamilies: list(oneOf('IPv4', 'IPv6')),
    ipFamilyPolicy: oneOf('SingleStack', 'PreferDualStack', 'RequireDualStack'),
    externalIPs: texts,
    externalName: text,
    externalTrafficPolicy: policy,
    internalTrafficPolicy: policy,
    sessionAffinity: oneOf('None', 'ClientIP'),
    sessionAffinityConfig: struct({ clientIP: struct({ timeoutSeconds: int }) }),
    loadBalancerIP: text,
    loadBalancerSourceRanges: texts,
    loadBalancerClass: text,
    allocateLoadBalancerNodePorts: flag,
    healthCheckNodePort: int,
    publishNotReadyAddresses: flag,
    trafficDistribution: oneOf('PreferClose', 'PreferSameZone', 'PreferSameNode'),
    topologyKeys: texts,
    ipFamily: oneOf('IPv4', 'IPv6'),
  });
  const portStatus = list(struct({ port: int, protocol, error: text }));
  const ingress = list(struct({ ip: text, hostname: text, ipMode: oneOf('VIP', 'Proxy'), ports: portStatus }));
  return topLevel({ spec, status: struct({ loadBalancer: struct({ ingress }), conditions: list(condition) }) });
}

function defaultPort(port: Draft<ServicePort>): ServicePort {
  const number = port.port ?? 0;
  const unset = port.targetPort === undefined || port.targetPort === 0 || port.targetPort === '';
  return {
    ...port,
    port: number,
    protocol: port.protocol ?? 'TCP',
    targetPort: unset ? number : port.targetPort,
  } as ServicePort;
}

function policies(spec: Draft<ServiceSpec> & Pick<ServiceSpec, 'type'>): Partial<ServiceSpec> {
  const external = spec.externalTrafficPolicy ?? (externallyAccessible(spec as ServiceSpec) ? 'Cluster' : undefined);
  const internal = spec.internalTrafficPolicy ?? (spec.type === 'ExternalName' ? undefined : 'Cluster');
  const affinity = spec.sessionAffinity ?? 'None';
  const timeoutSeconds = spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 10_800;
  return {
    ...(external === undefined ? {} : { externalTrafficPolicy: external }),
    ...(internal === undefined ? {} : { internalTrafficPolicy: internal }),
    sessionAffinity: affinity,
    ...(affinity === 'ClientIP' ? { sessionAffinityConfig: { clientIP: { timeoutSeconds } } } : {}),
  };
}

/** Defaults of core/v1 (SetDefaults_Service); ClusterIPs and node ports are given by allocators, not here. */
function normalize(draft: Draft<Service>): Service {
  const spec = { ...draft.spec, type: draft.spec?.type ?? 'ClusterIP' } as Draft<ServiceSpec> &
    Pick<ServiceSpec, 'type'>;
  const { clusterIP, clusterIPs, ports } = spec;
  return {
    ...draft,
    ...defaultObject(draft, { apiVersion: 'v1', kind: 'Service', namespaced: true }),
    spec: {
      ...spec,
      ...(ports === undefined ? {} : { ports: ports.map(defaultPort) }),
      ...(clusterIP !== undefined && clusterIP !== '' && clusterIPs === undefined ? { clusterIPs: [clusterIP] } : {}),
      ...policies(spec),
    },
  } as Service;
}

/** A ClusterIP stays for life unless the Service becomes or was an ExternalName; one left out is kept. */
function* validateUpdate({ spec: old }: Service, { spec: next }: Service): Generator<Invalid> {
  if (old.type === 'ExternalName' || next.type === 'ExternalName') return;
  const hint = 'Leave it out to keep the old one, or delete the Service first.';
  if ((old.clusterIP ?? '') !== '' && (next.clusterIP ?? '') !== '' && old.clusterIP !== next.clusterIP) {
    yield immutable('spec.clusterIP', next.clusterIP, hint);
  }
  const [before, after] = [old.ipFamilies?.[0], next.ipFamilies?.[0]];
  if (before !== undefined && after !== undefined && before !== after)
    yield immutable('spec.ipFamilies[0]', after, hint);
  const bothBalanced = old.type === 'LoadBalancer' && next.type === 'LoadBalancer';
  if (bothBalanced && old.loadBalancerClass !== next.loadBalancerClass) {
    yield immutable('spec.loadBalancerClass', next.loadBalancerClass, 'Delete the Service first.');
  }
}

function externalCell({ spec, status }: Service): string {
  if (spec.type === 'ExternalName') return orNone(spec.externalName);
  const given = (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip ?? hostname ?? '');
  const all = [...(spec.type === 'LoadBalancer' ? given : []), ...(spec.externalIPs ?? [])];
  if (all.length === 0 && spec.type === 'LoadBalancer') return '<pending>';
  return orNone(all.join(','));
}

function portCell({ port, nodePort, protocol: name }: ServicePort): string {
  return nodePort ? `${port}:${nodePort}/${name}` : `${port}/${name}`;
}

/** Service, core/v1. */
export const serviceKind = defineKind<'Service'>({
  kind: 'Service',
  versions: ['v1'],
  shortNames: ['svc'],
  namespaced: true,
  schema,
  normalize,
  validate: checkService,
  validateUpdate,
  columns: {
    headers: ['NAME', 'TYPE', 'CLUSTER-IP', 'EXTERNAL-IP', 'PORT(S)', 'AGE'],
    wide: ['SELECTOR'],
    row: (service, now) => [
      service.metadata.name,
      service.spec.type,
      orNone(service.spec.clusterIP),
      externalCell(service),
      orNone((service.spec.ports ?? []).map(portCell).join(',')),
      age(service.metadata.creationTimestamp, now),
      formatSelector({ matchLabels: service.spec.selector ?? {} }),
    ],
  },
});
