import test from 'ava';
import { deleteObjects } from './deletion.ts';
import { deployment, service, TestCluster } from './testing/cluster.ts';

const web = { kind: 'Deployment', namespace: 'default', name: 'web' };

test('what a Deployment owns goes with it; running Pods end first', (t) => {
  const cluster = new TestCluster();
  cluster.apply(deployment('web', 2));
  cluster.settle();
  t.deepEqual(deleteObjects(cluster.store, [web]), [{ ...web, result: 'deleted' }]);
  cluster.reconcile();
  t.deepEqual(cluster.store.list('ReplicaSet'), []);
  t.deepEqual(
    cluster.store.list('Pod').map(({ metadata }) => [metadata.deletionTimestamp, metadata.deletionGracePeriodSeconds]),
    Array(2).fill(['2026-01-01T00:00:30Z', 30]),
  );
  cluster.settle();
  t.deepEqual(cluster.podNames, []);
});

test('a Service takes its slices and Endpoints along', (t) => {
  const cluster = new TestCluster({ nodes: [{ name: 'n1' }] });
  cluster.apply(deployment('web', 1), service('web'));
  cluster.settle();
  deleteObjects(cluster.store, [{ kind: 'Service', namespace: 'default', name: 'web' }]);
  cluster.reconcile();
  t.deepEqual(cluster.store.list('EndpointSlice'), []);
  t.deepEqual(cluster.store.list('Endpoints'), []);
});

test('a Pod without grace goes at once', (t) => {
  const cluster = new TestCluster();
  cluster.apply(deployment('web', 1));
  cluster.settle();
  const name = cluster.podNames[0] ?? '';
  deleteObjects(cluster.store, [{ kind: 'Pod', namespace: 'default', name }], { gracePeriodSeconds: 0 });
  t.deepEqual(cluster.podNames, []);
});

test('a Pod bound to a node that is not there goes at once', (t) => {
  const cluster = new TestCluster();
  const spec = { nodeName: 'nowhere', containers: [{ name: 'c', image: 'httpd' }] };
  cluster.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'lost' }, spec });
  deleteObjects(cluster.store, [{ kind: 'Pod', namespace: 'default', name: 'lost' }]);
  t.deepEqual(cluster.podNames, []);
});

test('a Namespace empties first, takes nothing new, and then goes', (t) => {
  const cluster = new TestCluster();
  const inTeam = (manifest: unknown) => ({ ...(manifest as object), metadata: { name: 'web', namespace: 'team' } });
  cluster.apply(
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team' } },
    inTeam(deployment('web', 2)),
    inTeam(service('web')),
  );
  cluster.settle();
  deleteObjects(cluster.store, [{ kind: 'Namespace', name: 'team' }]);
  cluster.reconcile();
  t.is(cluster.store.list('Pod', { namespace: 'team' }).length, 2);
  t.is(cluster.store.get('Service', 'team', 'web'), undefined);
  t.throws(() => cluster.apply(inTeam(service('web'))), { code: 'forbidden', message: /is being terminated/ });
  cluster.settle();
  t.is(cluster.store.get('Namespace', undefined, 'team'), undefined);
  t.false(cluster.store.all().some(({ metadata }) => metadata.namespace === 'team'));
});

for (const [key, code] of [
  [{ kind: 'Namespace', name: 'default' }, 'forbidden'],
  [{ kind: 'Namespace', name: 'kube-system' }, 'forbidden'],
  [{ kind: 'Lab', name: 'test' }, 'forbidden'],
  [{ kind: 'Pod', namespace: 'default', name: 'none' }, 'not-found'],
] as const) {
  test(`deleting ${key.kind} ${key.name} is ${code}, and nothing else is deleted with it`, (t) => {
    const cluster = new TestCluster();
    cluster.apply(deployment('web', 1));
    t.throws(() => deleteObjects(cluster.store, [web, key]), { code });
    t.truthy(cluster.store.get('Deployment', 'default', 'web'));
    if (code === 'not-found') t.deepEqual(deleteObjects(cluster.store, [key], { ignoreNotFound: true }), []);
  });
}

test('a deleted node leaves the Lab, so that the Lab can bring it back', (t) => {
  const cluster = new TestCluster();
  deleteObjects(cluster.store, [{ kind: 'Node', name: 'node2' }]);
  t.deepEqual(
    cluster.store.list('Lab')[0]?.spec.nodes.map(({ name }) => name),
    ['master', 'node1'],
  );
  cluster.apply({ apiVersion: 'svclab.dev/v1', kind: 'Lab', metadata: { name: 'test' } });
  t.truthy(cluster.store.get('Node', undefined, 'node2'));
});
