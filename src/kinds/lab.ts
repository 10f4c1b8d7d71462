import { type Invalid, immutable } from './check/invalid.ts';
import { checkLab } from './check/lab.ts';
import { age } from './columns.ts';
import { defaultObject } from './defaults.ts';
import { type Draft, defineKind } from './definition.ts';
import { at } from './path.ts';
import { taint, topLevel } from './schema/meta.ts';
import { either, flag, int, list, oneOf, quantity, stringMap, struct, text, texts } from './schema/struct.ts';
import type { Lab, LabDns, LabSpec } from './types/lab.ts';

function schema() {
  const node = struct({
    name: text,
    role: oneOf('control-plane', 'worker'),
    ip: text,
    zone: text,
    labels: stringMap,
    taints: list(taint),
    kubeProxy: flag,
  });
  const spec = struct({
    nodes: list(node),
    underlay: struct({ cidr: text, mtu: int }),
    serviceClusterIPRange: text,
    serviceNodePortRange: text,
    clients: list(struct({ name: text, ip: text, ips: texts })),
    externalIPs: list(struct({ cidr: text, via: text })),
    loadBalancerPool: text,
    kubernetesRelease: either(oneOf('1.8', '1.20', '1.36'), quantity),
    bridge: text,
    dns: either(
      flag,
      struct({
        clusterDomain: text,
        upstreams: texts,
        stubDomains: list(struct({ domain: text, servers: texts })),
        hosts: list(struct({ ip: text, hostnames: texts })),
      }),
    ),
  });
  return topLevel({ spec });
}

const defaultNodes: LabSpec['nodes'] = [
  { name: 'master', role: 'control-plane' },
  { name: 'node1' },
  { name: 'node2' },
];

/** A release written without quotes is a number in YAML: 1.20 arrives as 1.2. */
function release(given: unknown): string {
  if (given === 1.2 || given === '1.2') return '1.20';
  return String(given ?? '1.36').replace(/^v/, '');
}

type ClientDraft = NonNullable<NonNullable<Draft<Lab>['spec']>['clients']>[number];

/** A client names its addresses twice, as a Pod does: ip is the first of ips. One address needs no ips. */
function client({ ips, ...rest }: ClientDraft): ClientDraft {
  const ip = rest.ip ?? ips?.[0];
  const known = { ...rest, ...(ip === undefined ? {} : { ip }) };
  return ips === undefined || (ips.length === 1 && ips[0] === ip) ? known : { ...known, ips };
}

/** Cluster DNS that knows of no world outside, unless something else is wanted; `false` is none. */
function dns(given: unknown): LabDns | false {
  if (given === false) return false;
  const wanted: Partial<LabDns> = typeof given === 'object' && given !== null ? given : {};
  const { clusterDomain = 'cluster.local', upstreams = [], stubDomains = [], hosts = [] } = wanted;
  return { clusterDomain, upstreams, stubDomains, hosts };
}

/** The Lab with every default filled in; the defaults alone are a whole lab. */
function normalize(draft: Draft<Lab>): Lab {
  const { dns: wantedDns, ...spec } = draft.spec ?? {};
  return {
    ...draft,
    ...defaultObject(draft, { apiVersion: 'svclab.dev/v1', kind: 'Lab', namespaced: false }),
    spec: {
      ...spec,
      nodes: (spec.nodes ?? defaultNodes).map((node) => ({ ...node, name: node.name ?? '' })),
      underlay: { cidr: spec.underlay?.cidr ?? '192.168.56.0/24', mtu: spec.underlay?.mtu ?? 1500 },
      serviceClusterIPRange: spec.serviceClusterIPRange ?? '10.96.0.0/12',
      serviceNodePortRange: spec.serviceNodePortRange ?? '30000-32767',
      clients: spec.clients?.map(client) ?? [{ name: 'laptop', ip: '203.0.113.10' }],
      externalIPs: spec.externalIPs ?? [],
      kubernetesRelease: release(spec.kubernetesRelease),
      bridge: spec.bridge ?? 'cni0',
      dns: dns(wantedDns),
    },
  } as Lab;
}

function* validateUpdate({ spec: old }: Lab, { spec: next }: Lab): Generator<Invalid> {
  const hint = 'Stop the lab and start it anew.';
  if (old.underlay.cidr !== next.underlay.cidr) yield immutable('spec.underlay.cidr', next.underlay.cidr, hint);
  if (old.underlay.mtu !== next.underlay.mtu) yield immutable('spec.underlay.mtu', next.underlay.mtu, hint);
  if (old.bridge !== next.bridge) yield immutable('spec.bridge', next.bridge, hint);
  if (old.serviceClusterIPRange !== next.serviceClusterIPRange) {
    yield immutable('spec.serviceClusterIPRange', next.serviceClusterIPRange, hint);
  }
  for (const [index, node] of next.nodes.entries()) {
    const before = old.nodes.find(({ name }) => name === node.name);
    if (before?.ip === undefined || node.ip === undefined || before.ip === node.ip) continue;
    yield immutable(`${at('spec.nodes', index)}.ip`, node.ip, 'Remove the node first.');
  }
}

/** Lab, svclab.dev/v1: what Kubernetes has no kind for. */
export const labKind = defineKind<'Lab'>({
  kind: 'Lab',
  versions: ['svclab.dev/v1'],
  namespaced: false,
  schema,
  normalize,
  validate: checkLab,
  validateUpdate,
  columns: {
    headers: ['NAME', 'NODES', 'UNDERLAY', 'SERVICES', 'RELEASE', 'AGE'],
    wide: ['CLIENTS', 'BRIDGE'],
    row: ({ metadata, spec }, now) => [
      metadata.name,
      String(spec.nodes.length),
      spec.underlay.cidr,
      spec.serviceClusterIPRange,
      spec.kubernetesRelease,
      age(metadata.creationTimestamp, now),
      spec.clients.map(({ name }) => name).join(','),
      spec.bridge,
    ],
  },
});
