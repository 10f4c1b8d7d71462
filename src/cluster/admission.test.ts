import test from 'ava';
import { faultsOf, svc } from './testing/admission.ts';
import { deployment, service, TestCluster, template } from './testing/cluster.ts';

test('a Lab starts the cluster: nodes, namespaces, the kubernetes Service', (t) => {
  const { store } = new TestCluster({
    nodes: [
      { name: 'm', role: 'control-plane', zone: 'a' },
      { name: 'w', ip: '192.168.56.11' },
      { name: 'v', kubeProxy: false, labels: { disk: 'ssd' } },
    ],
  });
  const [m, v, w] = store.list('Node');
  t.deepEqual(
    [m, v, w].map((node) => node?.status.addresses?.[0]?.address),
    ['192.168.56.12', '192.168.56.13', '192.168.56.11'],
  );
  t.deepEqual(m?.spec.taints, [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }]);
  t.like(m?.metadata.labels, { 'kubernetes.io/hostname': 'm', 'topology.kubernetes.io/zone': 'a' });
  t.is(v?.metadata.annotations?.['svclab.dev/kube-proxy'], 'false');
  t.is(v?.metadata.labels?.disk, 'ssd');
  t.deepEqual(
    store.list('Namespace').map(({ metadata }) => metadata.name),
    ['default', 'kube-node-lease', 'kube-public', 'kube-system'],
  );
  t.like(store.get('Service', 'default', 'kubernetes'), { spec: { clusterIP: '10.96.0.1' } });
  t.deepEqual(store.get('EndpointSlice', 'default', 'kubernetes')?.endpoints[0]?.addresses, ['192.168.56.12']);
});

test('without a control-plane node there is no kubernetes Service', (t) => {
  const { store } = new TestCluster({ nodes: [{ name: 'n1' }] });
  t.is(store.get('Service', 'default', 'kubernetes'), undefined);
});

test('apply creates, configures, and leaves unchanged; identity stays', (t) => {
  const cluster = new TestCluster();
  t.deepEqual(cluster.apply(service('web')), ['created']);
  const before = svc(cluster, 'web');
  t.deepEqual(cluster.apply(service('web')), ['unchanged']);
  t.is(svc(cluster, 'web'), before);
  t.deepEqual(cluster.apply(service('web', { ports: [{ port: 81 }] })), ['configured']);
  t.is(svc(cluster, 'web').spec.clusterIP, before.spec.clusterIP);
  t.deepEqual(cluster.applyIn({ dryRun: true }, service('other'), service('web')), ['created', 'configured']);
  t.is(cluster.store.get('Service', 'default', 'other'), undefined);
});

test('fields that a manifest leaves out now go; what the server or others set stays', (t) => {
  const cluster = new TestCluster();
  cluster.apply({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'a', labels: { x: '1', y: '1' } },
    data: { k: '1', l: '1' },
  });
  const made = cluster.store.get('ConfigMap', 'default', 'a');
  if (made === undefined) return t.fail();
  cluster.store.update({ ...made, metadata: { ...made.metadata, annotations: { by: 'other' } } });
  cluster.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', labels: { x: '2' } }, data: { k: '2' } });
  const after = cluster.store.get('ConfigMap', 'default', 'a');
  t.deepEqual(after?.data, { k: '2' });
  t.deepEqual(after?.metadata.labels, { x: '2' });
  t.deepEqual(after?.metadata.annotations, { by: 'other' });
  t.is(after?.metadata.uid, made.metadata.uid);
});

for (const [what, first, second, field] of [
  [
    'the ClusterIP of a Service',
    service('a', { clusterIP: '10.96.0.5' }),
    service('a', { clusterIP: '10.96.0.6' }),
    'spec.clusterIP',
  ],
  [
    'the selector of a Deployment',
    deployment('a', 1),
    deployment('a', 1, { selector: { matchLabels: { app: 'b' } }, template: template('b') }),
    'spec.selector',
  ],
] as const) {
  test(`${what} cannot change`, (t) => {
    const cluster = new TestCluster();
    cluster.apply(first);
    const [fault] = faultsOf(() => cluster.apply(second));
    t.is(fault?.code, 'invalid-object');
    t.is(fault?.field, field);
    t.is(fault?.object, 0);
  });
}

test('namespaces must be there, or come with the request in any order', (t) => {
  const cluster = new TestCluster();
  const inTeam = { ...(service('web') as Record<string, unknown>), metadata: { name: 'web', namespace: 'team' } };
  const [fault] = faultsOf(() => cluster.apply(inTeam));
  t.is(fault?.code, 'not-found');
  t.is(fault?.message, 'namespaces "team" not found');
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team' } };
  t.deepEqual(cluster.apply(inTeam, namespace), ['created', 'created']);
  t.is(cluster.store.get('Namespace', undefined, 'team')?.metadata.labels?.['kubernetes.io/metadata.name'], 'team');
});

test('in a running lab only clients, externalIPs and nodes change', (t) => {
  const cluster = new TestCluster();
  const lab = (spec: Record<string, unknown>) => ({
    apiVersion: 'svclab.dev/v1',
    kind: 'Lab',
    metadata: { name: 'test' },
    spec,
  });
  const faults = faultsOf(() =>
    cluster.apply(lab({ bridge: 'docker0', kubernetesRelease: '1.20', serviceNodePortRange: '30000-30100' })),
  );
  t.deepEqual(faults.map(({ field }) => field).sort(), [
    'spec.bridge',
    'spec.kubernetesRelease',
    'spec.serviceNodePortRange',
  ]);
  const nodes = [{ name: 'master', role: 'control-plane' }, { name: 'node2', zone: 'b' }, { name: 'node3' }];
  t.deepEqual(cluster.apply(lab({ nodes, clients: [{ name: 'tablet', ip: '203.0.113.11' }] })), ['configured']);
  t.deepEqual(
    cluster.store.list('Node').map(({ metadata }) => metadata.name),
    ['master', 'node2', 'node3'],
  );
  t.is(cluster.store.get('Node', undefined, 'node2')?.metadata.labels?.['topology.kubernetes.io/zone'], 'b');
  const second = { ...lab({}), metadata: { name: 'another' } };
  t.is(faultsOf(() => cluster.apply(second))[0]?.code, 'forbidden');
});

test('a Node object joins with an address of its own; two nodes cannot share one', (t) => {
  const cluster = new TestCluster();
  const node = (name: string, status = {}) => ({ apiVersion: 'v1', kind: 'Node', metadata: { name }, status });
  cluster.apply(node('extra'));
  t.is(cluster.store.get('Node', undefined, 'extra')?.status.addresses?.[0]?.address, '192.168.56.14');
  const taken = { addresses: [{ type: 'InternalIP', address: '192.168.56.14' }] };
  const [fault] = faultsOf(() => cluster.apply(node('twin', taken)));
  t.is(fault?.field, 'status.addresses');
  t.is(fault?.object, 0);
  t.is(cluster.store.get('Node', undefined, 'twin'), undefined);
});

test('create refuses what is there, replace takes fields away, a stale version conflicts', (t) => {
  const cluster = new TestCluster();
  cluster.apply(service('web', { externalIPs: ['80.11.12.10'] }));
  t.is(faultsOf(() => cluster.applyIn({ mode: 'create' }, service('web')))[0]?.code, 'already-exists');
  const ip = svc(cluster, 'web').spec.clusterIP;
  t.deepEqual(cluster.applyIn({ mode: 'replace' }, service('web')), ['configured']);
  t.is(svc(cluster, 'web').spec.externalIPs, undefined);
  t.is(svc(cluster, 'web').spec.clusterIP, ip);
  const stale = { ...(service('web') as object), metadata: { name: 'web', resourceVersion: '1' } };
  t.is(faultsOf(() => cluster.apply(stale))[0]?.code, 'conflict');
});
