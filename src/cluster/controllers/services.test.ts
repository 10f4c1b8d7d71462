import test from 'ava';
import type { EndpointSlice } from '../../kinds/types/endpointslice.ts';
import type { Pod } from '../../kinds/types/pod.ts';
import { keyOf } from '../keys.ts';
import { deletePod } from '../pods/lifecycle.ts';
import { deployment, service, TestCluster, template } from '../testing/cluster.ts';
import { setPodStatus } from '../testing/kubelet.ts';

const slices = (cluster: TestCluster, name: string): readonly EndpointSlice[] =>
  cluster.store.list('EndpointSlice', { labelSelector: `kubernetes.io/service-name=${name}` });
const addresses = (cluster: TestCluster, name: string) =>
  slices(cluster, name)
    .flatMap((slice) => slice.endpoints.flatMap((endpoint) => endpoint.addresses))
    .sort();

function pod(
  name: string,
  labels: Record<string, string>,
  spec: Record<string, unknown> = {},
  port: unknown = { name: 'http', containerPort: 80 },
): unknown {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels },
    spec: { containers: [{ name: 'c', image: 'httpd', ports: [port] }], ...spec },
  };
}

function firstPod(cluster: TestCluster): Pod {
  const [first] = cluster.store.list('Pod');
  if (first === undefined) throw new Error('no Pod');
  return first;
}

test('one slice with labels, owner, ports and conditions', (t) => {
  const cluster = new TestCluster({ nodes: [{ name: 'n1', zone: 'a' }] });
  cluster.apply(
    pod('web-0', { app: 'web' }),
    service('web', { ports: [{ name: 'http', port: 8080, targetPort: 'http', appProtocol: 'http' }] }),
  );
  cluster.settle();
  const [slice] = slices(cluster, 'web');
  t.regex(slice?.metadata.name ?? '', /^web-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
  t.is(slice?.metadata.labels?.['endpointslice.kubernetes.io/managed-by'], 'endpointslice-controller.k8s.io');
  t.is(slice?.metadata.ownerReferences?.[0]?.kind, 'Service');
  t.deepEqual(slice?.ports, [{ name: 'http', port: 80, protocol: 'TCP', appProtocol: 'http' }]);
  t.like(slice?.endpoints[0], {
    addresses: ['10.244.0.2'],
    conditions: { ready: true, serving: true, terminating: false },
    nodeName: 'n1',
    zone: 'a',
    targetRef: { kind: 'Pod', namespace: 'default', name: 'web-0', uid: firstPod(cluster).metadata.uid ?? '' },
  });
  t.deepEqual(cluster.store.get('Endpoints', 'default', 'web')?.subsets?.[0]?.addresses?.[0]?.ip, '10.244.0.2');
});

for (const [what, isReady, isTerminating, publish, conditions] of [
  ['ready', true, false, false, { ready: true, serving: true, terminating: false }],
  ['not ready', false, false, false, { ready: false, serving: false, terminating: false }],
  ['terminating and still serving', true, true, false, { ready: false, serving: true, terminating: true }],
  ['terminating', false, true, false, { ready: false, serving: false, terminating: true }],
  ['not ready but published', false, false, true, { ready: true, serving: false, terminating: false }],
  ['terminating but published', true, true, true, { ready: true, serving: true, terminating: true }],
] as const) {
  test(`conditions of a Pod that is ${what}`, (t) => {
    const cluster = new TestCluster();
    cluster.apply(pod('web-0', { app: 'web' }), service('web', { publishNotReadyAddresses: publish }));
    cluster.settle(() => isReady);
    if (isTerminating) deletePod(cluster.store, firstPod(cluster), { now: cluster.now });
    cluster.reconcile();
    t.deepEqual(slices(cluster, 'web')[0]?.endpoints[0]?.conditions, conditions);
    const subset = cluster.store.get('Endpoints', 'default', 'web')?.subsets?.[0];
    const listed =
      subset?.addresses !== undefined ? 'ready' : subset?.notReadyAddresses !== undefined ? 'waiting' : 'none';
    t.is(listed, publish || (isReady && !isTerminating) ? 'ready' : isTerminating ? 'none' : 'waiting');
  });
}

test('a Service without Pods has one empty slice; finished Pods and Pods without address are not listed', (t) => {
  const cluster = new TestCluster();
  cluster.apply(service('web'));
  cluster.reconcile();
  t.is(slices(cluster, 'web').length, 1);
  t.deepEqual(slices(cluster, 'web')[0]?.endpoints, []);
  cluster.apply(pod('web-0', { app: 'web' }));
  cluster.reconcile();
  t.deepEqual(addresses(cluster, 'web'), []);
  cluster.settle();
  t.deepEqual(addresses(cluster, 'web'), ['10.244.0.2']);
  t.is(slices(cluster, 'web').length, 1);
  setPodStatus(cluster.store, 'Pod/default/web-0', { phase: 'Succeeded' });
  cluster.reconcile();
  t.deepEqual(addresses(cluster, 'web'), []);
});

test('named target ports that differ give a slice each', (t) => {
  const cluster = new TestCluster();
  cluster.apply(
    pod('a', { app: 'web' }, {}, { name: 'http', containerPort: 80 }),
    pod('b', { app: 'web' }, {}, { name: 'http', containerPort: 8080 }),
    pod('c', { app: 'web' }, {}, { name: 'http', containerPort: 53, protocol: 'UDP' }),
    service('web', { ports: [{ port: 80, targetPort: 'http' }] }),
  );
  cluster.settle();
  const seen = slices(cluster, 'web').map((slice) => [
    slice.ports?.[0]?.port,
    slice.endpoints.map((e) => e.targetRef?.name),
  ]);
  t.deepEqual(seen.map((entry) => JSON.stringify(entry)).sort(), ['[80,["a"]]', '[8080,["b"]]', '[null,["c"]]']);
});

test('more than 100 endpoints take several slices, and one change touches one slice', (t) => {
  const cluster = new TestCluster({ nodes: Array.from({ length: 3 }, (_, i) => ({ name: `n${i}` })) });
  cluster.apply(deployment('web', 250), service('web'));
  cluster.settle();
  t.deepEqual(
    slices(cluster, 'web')
      .map((slice) => slice.endpoints.length)
      .sort(),
    [100, 100, 50].sort(),
  );
  t.is(new Set(addresses(cluster, 'web')).size, 250);
  const before = slices(cluster, 'web');
  setPodStatus(cluster.store, keyOf(firstPod(cluster)), { containerStatuses: [] });
  cluster.reconcile();
  t.is(slices(cluster, 'web').filter((slice) => !before.includes(slice)).length, 1);
});

for (const [distribution, hints] of [
  [undefined, undefined],
  ['PreferClose', { forZones: [{ name: 'a' }] }],
  ['PreferSameZone', { forZones: [{ name: 'a' }] }],
  ['PreferSameNode', { forZones: [{ name: 'a' }], forNodes: [{ name: 'n1' }] }],
] as const) {
  test(`trafficDistribution ${distribution} gives its hints`, (t) => {
    const cluster = new TestCluster({ nodes: [{ name: 'n1', zone: 'a' }] });
    cluster.apply(
      pod('web-0', { app: 'web' }),
      service('web', distribution === undefined ? {} : { trafficDistribution: distribution }),
    );
    cluster.settle();
    t.deepEqual(slices(cluster, 'web')[0]?.endpoints[0]?.hints, hints);
  });
}

test('a headless Service, a hostname below it, and hostNetwork', (t) => {
  const cluster = new TestCluster();
  cluster.apply(
    pod('web-0', { app: 'web' }, { hostname: 'zero', subdomain: 'web', hostNetwork: true, nodeName: 'node1' }),
    service('web', { clusterIP: 'None' }),
  );
  cluster.settle();
  const [slice] = slices(cluster, 'web');
  t.is(slice?.metadata.labels?.['service.kubernetes.io/headless'], '');
  t.like(slice?.endpoints[0], { addresses: ['192.168.56.12'], hostname: 'zero' });
});

test('slices follow labels, selectors, type and zones', (t) => {
  const cluster = new TestCluster();
  cluster.apply(pod('a', { app: 'web' }), pod('b', { app: 'db' }), service('web'));
  cluster.settle();
  t.deepEqual(
    slices(cluster, 'web')[0]?.endpoints.map((e) => e.targetRef?.name),
    ['a'],
  );
  cluster.apply(service('web', { selector: { app: 'db' } }));
  cluster.reconcile();
  t.deepEqual(
    slices(cluster, 'web')[0]?.endpoints.map((e) => e.targetRef?.name),
    ['b'],
  );
  const b = cluster.store.get('Pod', 'default', 'b');
  const node = cluster.store.get('Node', undefined, b?.spec.nodeName ?? '');
  if (b === undefined || node === undefined) return t.fail();
  const labels = { ...node.metadata.labels, 'topology.kubernetes.io/zone': 'z' };
  cluster.store.update({ ...node, metadata: { ...node.metadata, labels } });
  cluster.reconcile();
  t.is(slices(cluster, 'web')[0]?.endpoints[0]?.zone, 'z');
  cluster.store.update({ ...b, metadata: { ...b.metadata, labels: { app: 'other' } } });
  cluster.reconcile();
  t.deepEqual(addresses(cluster, 'web'), []);
  cluster.apply(service('web', { type: 'ExternalName', externalName: 'example.org' }));
  cluster.reconcile();
  t.deepEqual(slices(cluster, 'web'), []);
});

test('a slice that somebody changes or deletes is put right', (t) => {
  const cluster = new TestCluster();
  cluster.apply(pod('a', { app: 'web' }), service('web'));
  cluster.settle();
  const [slice] = slices(cluster, 'web');
  if (slice === undefined) return t.fail();
  cluster.store.update({ ...slice, endpoints: [] });
  cluster.reconcile();
  t.deepEqual(addresses(cluster, 'web'), ['10.244.0.2']);
  cluster.store.delete(keyOf(slice));
  cluster.reconcile();
  t.deepEqual(addresses(cluster, 'web'), ['10.244.0.2']);
});

test('hand-made Endpoints of a Service without selector are mirrored', (t) => {
  const cluster = new TestCluster();
  const bare = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'ext' },
    spec: { ports: [{ port: 80, targetPort: 9376 }] },
  };
  const endpoints = (ip: string) => ({
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { name: 'ext', labels: { team: 'x' } },
    subsets: [{ addresses: [{ ip }], notReadyAddresses: [{ ip: '192.0.2.9' }], ports: [{ port: 9376 }] }],
  });
  cluster.apply(endpoints('192.0.2.1'), bare);
  cluster.reconcile();
  const [slice] = slices(cluster, 'ext');
  t.is(slice?.metadata.labels?.['endpointslice.kubernetes.io/managed-by'], 'endpointslicemirroring-controller.k8s.io');
  t.is(slice?.metadata.labels?.team, 'x');
  t.deepEqual(slice?.ports, [{ name: '', port: 9376, protocol: 'TCP' }]);
  t.deepEqual(
    slice?.endpoints.map((e) => [e.addresses[0], e.conditions?.ready]),
    [
      ['192.0.2.1', true],
      ['192.0.2.9', false],
    ],
  );
  cluster.apply(endpoints('192.0.2.2'));
  cluster.reconcile();
  t.deepEqual(addresses(cluster, 'ext'), ['192.0.2.2', '192.0.2.9']);
  cluster.store.delete('Endpoints/default/ext');
  cluster.reconcile();
  t.deepEqual(slices(cluster, 'ext'), []);
  t.false(slices(cluster, 'kubernetes').some((s) => s.metadata.name !== 'kubernetes'));
});

test('LoadBalancer addresses: pool, asked for, freed, pending', (t) => {
  const cluster = new TestCluster({ loadBalancerPool: '172.6.6.0/30' });
  const lb = (name: string, more = {}) => service(name, { type: 'LoadBalancer', ...more });
  const ip = (name: string) => cluster.store.get('Service', 'default', name)?.status?.loadBalancer?.ingress?.[0]?.ip;
  cluster.apply(lb('a'), lb('b', { loadBalancerIP: '172.6.6.2' }), lb('c'));
  cluster.reconcile();
  t.deepEqual([ip('a'), ip('b'), ip('c')], ['172.6.6.1', '172.6.6.2', undefined]);
  t.is(cluster.store.get('Service', 'default', 'a')?.status?.loadBalancer?.ingress?.[0]?.ipMode, 'VIP');
  cluster.apply(service('a'));
  cluster.reconcile();
  t.deepEqual([ip('a'), ip('c')], [undefined, '172.6.6.1']);
  cluster.store.delete('Service/default/b');
  cluster.apply(lb('d', { loadBalancerIP: '172.6.6.1' }));
  cluster.reconcile();
  t.is(ip('d'), undefined);
});

test('LoadBalancer addresses: one of each family of the Service', (t) => {
  const cluster = new TestCluster({
    underlay: { cidr: '192.168.56.0/24,fd00:56::/64' },
    serviceClusterIPRange: '10.96.0.0/12,fd00:10:96::/112',
    loadBalancerPool: '172.6.6.0/24,2001:db8:6::/112',
  });
  const lb = (name: string, more = {}) => service(name, { type: 'LoadBalancer', ...more });
  const ips = (name: string) =>
    cluster.store.get('Service', 'default', name)?.status?.loadBalancer?.ingress?.map(({ ip }) => ip) ?? [];
  const dual = { ipFamilyPolicy: 'PreferDualStack' };
  cluster.apply(lb('a', dual), lb('b'), lb('c', { ipFamilies: ['IPv6'], loadBalancerIP: '2001:db8:6::77' }));
  cluster.reconcile();
  t.deepEqual(ips('a'), ['172.6.6.1', '2001:db8:6::1']);
  t.deepEqual(ips('b'), ['172.6.6.2']);
  t.deepEqual(ips('c'), ['2001:db8:6::77']);
  cluster.apply(lb('a'), lb('b', dual));
  cluster.reconcile();
  t.deepEqual(ips('a'), ['172.6.6.1'], 'what it no longer has goes back');
  t.deepEqual(ips('b'), ['172.6.6.2', '2001:db8:6::1'], 'what it has stays');
});

test('template of a Pod with readiness gates is ready only with the gate', (t) => {
  const cluster = new TestCluster();
  cluster.apply(
    deployment('web', 1, { template: template('web', { readinessGates: [{ conditionType: 'example.org/lb' }] }) }),
    service('web'),
  );
  cluster.settle();
  t.is(slices(cluster, 'web')[0]?.endpoints[0]?.conditions?.ready, false);
  setPodStatus(cluster.store, keyOf(firstPod(cluster)), { conditions: [{ type: 'example.org/lb', status: 'True' }] });
  cluster.reconcile();
  t.is(slices(cluster, 'web')[0]?.endpoints[0]?.conditions?.ready, true);
});
