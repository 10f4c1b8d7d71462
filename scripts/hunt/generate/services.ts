import fc from 'fast-check';
import type { Manifest } from '../types.ts';
import type { Ground } from './ground.ts';
import { apps } from './pods.ts';

/** Names of Services; few, so that changes meet them. */
export const serviceNames = ['s0', 's1', 's2', 's3'] as const;

const maybe = <T>(value: fc.Arbitrary<T>, absent = 2) =>
  fc.oneof({ arbitrary: fc.constant(undefined), weight: absent }, value);
const policy = fc.constantFrom('Cluster' as const, 'Local' as const);

const port = fc.record({
  name: fc.constantFrom('web', 'other', 'dns', 'sctp'),
  port: fc.constantFrom(80, 8081, 53),
  target: fc.constantFrom('name', 'number', 'same'),
  fixed: fc.boolean(),
});

const targets = { web: 8081, other: 8082, dns: 5353, sctp: 8083 } as const;
const protocols = { web: 'TCP', other: 'TCP', dns: 'UDP', sctp: 'SCTP' } as const;

/** Addresses that may come twice, and that others own: the router sends 80.11.12.0/24 to node1, .11 is a node. */
const externalIPs = ['80.11.12.1', '80.11.12.2', '192.168.56.11', '80.99.0.1', '2001:db8:80::1', '192.168.56.12'];
/** Addresses of the pool, of an external range, of neither, of IPv6; Services may share one. */
const ingressIPs = ['172.6.6.100', '172.6.6.101', '80.11.12.50', '198.18.5.5', '2001:db8:6::100'];
const ranges = ['203.0.113.0/24', '192.168.56.0/24', '10.244.0.0/16', '198.51.100.7/32', '2001:db8::/32', '0.0.0.0/0'];

/** Labels by which proxies are told to leave a Service to somebody else. */
const labels = [
  { 'service.kubernetes.io/service-proxy-name': 'other' },
  { 'service.kubernetes.io/headless': '' },
] as const;

function spec({ dualStack, release }: Ground) {
  const modern = release === '1.36';
  const absent = fc.constant(undefined);
  return fc.record({
    at: fc.nat(serviceNames.length - 1),
    type: fc.constantFrom(
      'ClusterIP',
      'NodePort',
      'LoadBalancer',
      'NodePort',
      'LoadBalancer',
      'headless',
      'ExternalName',
    ),
    app: maybe(fc.constantFrom(...apps), 0),
    selects: fc.oneof({ arbitrary: fc.constant(true), weight: 6 }, fc.constant(false)),
    unnamed: fc.boolean(),
    ports: fc.uniqueArray(port, { minLength: 1, maxLength: 3, selector: ({ name }) => name }),
    externalTrafficPolicy: maybe(policy, 1),
    internalTrafficPolicy: modern ? maybe(policy) : absent,
    trafficDistribution: modern ? maybe(fc.constantFrom('PreferClose', 'PreferSameZone', 'PreferSameNode')) : absent,
    affinity: maybe(fc.constantFrom(1, 60, 10_800), 4),
    externalIPs: fc.oneof({ arbitrary: fc.constant([]), weight: 3 }, fc.subarray(externalIPs)),
    sourceRanges: fc.oneof({ arbitrary: fc.constant([]), weight: 3 }, fc.subarray(ranges)),
    ingress: maybe(fc.constantFrom(...ingressIPs), 3),
    ipMode: modern ? maybe(fc.constantFrom('VIP', 'Proxy'), 1) : absent,
    nodePorts: fc.oneof({ arbitrary: fc.constant(true), weight: 5 }, fc.constant(false)),
    publishNotReadyAddresses: maybe(fc.constant(true), 5),
    labels: maybe(fc.constantFrom(...labels), 12),
    topologyMode: modern ? maybe(fc.constant('Auto'), 5) : absent,
    families: dualStack ? maybe(fc.constantFrom(['IPv4'], ['IPv6'], ['IPv4', 'IPv6'], ['IPv6', 'IPv4']), 1) : absent,
  });
}

type Chance = ReturnType<typeof spec> extends fc.Arbitrary<infer T> ? T : never;

function portsOf({ at, type, ports, unnamed }: Chance): readonly object[] {
  const opened = type === 'NodePort' || type === 'LoadBalancer';
  const seen = new Set<string>();
  return ports.flatMap(({ name, port: number, target, fixed }, index) => {
    const protocol = protocols[name];
    if (seen.has(`${protocol}/${number}`)) return [];
    seen.add(`${protocol}/${number}`);
    const targetPort = target === 'name' ? name : target === 'number' ? targets[name] : number;
    const nodePort = opened && fixed ? { nodePort: 30_000 + 10 * at + index } : {};
    return [{ ...(unnamed && ports.length === 1 ? {} : { name }), protocol, port: number, targetPort, ...nodePort }];
  });
}

function present(fields: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function externalFields(chance: Chance): object {
  const external = chance.externalIPs.length > 0 && chance.type !== 'headless' ? chance.externalIPs : undefined;
  const outside = chance.type === 'NodePort' || chance.type === 'LoadBalancer' || external !== undefined;
  const balanced = chance.type === 'LoadBalancer';
  return present({
    externalIPs: external,
    externalTrafficPolicy: outside ? chance.externalTrafficPolicy : undefined,
    loadBalancerSourceRanges: balanced && chance.sourceRanges.length > 0 ? chance.sourceRanges : undefined,
    allocateLoadBalancerNodePorts: balanced && !chance.nodePorts ? false : undefined,
  });
}

function familyFields({ families }: Chance): object {
  if (families === undefined) return {};
  return { ipFamilies: families, ipFamilyPolicy: families.length === 1 ? 'SingleStack' : 'RequireDualStack' };
}

/** The address of a load balancer that somebody else set up; svclab gives the others an address of its pool. */
function statusOf({ type, ingress, ipMode }: Chance): object {
  if (type !== 'LoadBalancer' || ingress === undefined) return {};
  return { status: { loadBalancer: { ingress: [present({ ip: ingress, ipMode })] } } };
}

function metadataOf({ at, labels: given, topologyMode }: Chance): Manifest['metadata'] {
  const annotations = topologyMode && { 'service.kubernetes.io/topology-mode': topologyMode };
  return { name: serviceNames[at] ?? 's0', ...(given && { labels: given }), ...(annotations && { annotations }) };
}

function serviceOf(chance: Chance): Manifest {
  const { type, app, selects, affinity, internalTrafficPolicy, trafficDistribution, publishNotReadyAddresses } = chance;
  const head = { apiVersion: 'v1', kind: 'Service', metadata: metadataOf(chance) };
  if (type === 'ExternalName') return { ...head, spec: { type, externalName: 'example.org' } };
  const sticky = { sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: affinity } } };
  return {
    ...head,
    spec: {
      ...(type === 'headless' ? { clusterIP: 'None' } : { type }),
      ...(selects ? { selector: { app } } : {}),
      ports: portsOf(chance),
      ...externalFields(chance),
      ...familyFields(chance),
      ...(affinity === undefined ? {} : sticky),
      ...present({ internalTrafficPolicy, trafficDistribution, publishNotReadyAddresses }),
    },
    ...statusOf(chance),
  };
}

/** Services of every type and policy that the ground's release knows. */
export function serviceOn(ground: Ground): fc.Arbitrary<Manifest> {
  return spec(ground).map(serviceOf);
}
