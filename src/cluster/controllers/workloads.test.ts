import test from 'ava';
import type { Pod } from '../../kinds/types/pod.ts';
import { scale } from '../deletion.ts';
import { keyOf } from '../keys.ts';
import { nextReconcileTime } from '../reconcile.ts';
import { deployment, TestCluster, template } from '../testing/cluster.ts';

const active = (cluster: TestCluster) =>
  cluster.store.list('Pod').filter((pod) => pod.metadata.deletionTimestamp === undefined);
const ready = (pod: Pod) => pod.status.conditions?.some((c) => c.type === 'Ready' && c.status === 'True') === true;
const replicasOf = (cluster: TestCluster) =>
  cluster.store
    .list('ReplicaSet')
    .map((set) => [set.metadata.annotations?.['deployment.kubernetes.io/revision'], set.spec.replicas]);

function workload(kind: string, name: string, spec: Record<string, unknown>, apiVersion = 'apps/v1'): unknown {
  return {
    apiVersion,
    kind,
    metadata: { name },
    spec: { selector: { matchLabels: { app: name } }, template: template(name), ...spec },
  };
}

test('a Deployment makes a ReplicaSet and Pods with names as Kubernetes gives them', (t) => {
  const cluster = new TestCluster();
  cluster.apply(deployment('web', 3));
  cluster.settle();
  t.is(cluster.podNames.length, 3);
  for (const name of cluster.podNames)
    t.regex(name, /^web-[bcdfghjklmnpqrstvwxz2456789]{1,10}-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
  t.like(cluster.store.get('Deployment', 'default', 'web')?.status, {
    replicas: 3,
    readyReplicas: 3,
    updatedReplicas: 3,
    availableReplicas: 3,
    observedGeneration: 1,
  });
  t.false(cluster.reconcile());
});

test('the same manifests give the same cluster', (t) => {
  const names = () => {
    const cluster = new TestCluster();
    cluster.apply(deployment('web', 5), deployment('db', 2));
    cluster.settle();
    return cluster.store.all().map(({ kind, metadata }) => [kind, metadata.name, metadata.uid]);
  };
  t.deepEqual(names(), names());
});

for (const [strategy, most, least] of [
  [{ maxSurge: 1, maxUnavailable: 0 }, 5, 4],
  [{ maxSurge: 0, maxUnavailable: 1 }, 4, 3],
  [{ maxSurge: '25%', maxUnavailable: '25%' }, 5, 3],
  [{ maxSurge: '100%', maxUnavailable: 0 }, 8, 4],
] as const) {
  test(`a rolling update with ${JSON.stringify(strategy)} has at most ${most} Pods, at least ${least} ready`, (t) => {
    const cluster = new TestCluster();
    const more = { strategy: { type: 'RollingUpdate', rollingUpdate: strategy } };
    cluster.apply(deployment('web', 4, more));
    cluster.settle();
    const counts: { pods: number; ready: number }[] = [];
    cluster.apply(deployment('web', 4, { ...more, template: template('web', {}, 'nginx') }));
    cluster.settle(undefined, () => {
      counts.push({ pods: active(cluster).length, ready: active(cluster).filter(ready).length });
    });
    t.is(Math.max(...counts.map(({ pods }) => pods)), most);
    t.is(Math.min(...counts.map((count) => count.ready)), least);
    t.true(active(cluster).every((pod) => pod.spec.containers[0]?.image === 'nginx'));
    t.deepEqual(replicasOf(cluster).sort(), [
      ['1', 0],
      ['2', 4],
    ]);
  });
}

test('a rollout stops while new Pods are not ready, and goes back to the old template', (t) => {
  const cluster = new TestCluster();
  cluster.apply(deployment('web', 4));
  cluster.settle();
  cluster.apply(deployment('web', 4, { template: template('web', {}, 'broken') }));
  cluster.settle((pod) => pod.spec.containers[0]?.image !== 'broken');
  t.is(active(cluster).filter(ready).length, 3);
  t.is(active(cluster).length, 5);
  cluster.apply(deployment('web', 4));
  cluster.settle();
  t.deepEqual(replicasOf(cluster).sort(), [
    ['2', 0],
    ['3', 4],
  ]);
});

test('Recreate waits until the last old Pod is gone', (t) => {
  const cluster = new TestCluster();
  const more = { strategy: { type: 'Recreate' } };
  cluster.apply(deployment('web', 2, more));
  cluster.settle();
  cluster.apply(deployment('web', 2, { ...more, template: template('web', {}, 'nginx') }));
  cluster.reconcile();
  t.true(cluster.store.list('Pod').every((pod) => pod.metadata.deletionTimestamp !== undefined));
  t.is(cluster.podNames.length, 2);
  cluster.settle();
  t.true(active(cluster).every((pod) => pod.spec.containers[0]?.image === 'nginx'));
  t.is(active(cluster).length, 2);
});

test('minReadySeconds holds back availability until the time has come', (t) => {
  const cluster = new TestCluster();
  cluster.apply(deployment('web', 1, { minReadySeconds: 10 }));
  cluster.settle();
  const available = () => cluster.store.get('Deployment', 'default', 'web')?.status?.availableReplicas;
  t.is(available(), 0);
  t.deepEqual(nextReconcileTime(cluster.store), new Date('2026-01-01T00:00:10Z'));
  cluster.wait(10);
  t.true(cluster.reconcile());
  t.is(available(), 1);
});

test('scaling up and down; unready Pods go first', (t) => {
  const cluster = new TestCluster();
  cluster.apply(deployment('web', 2));
  cluster.settle();
  const kept = cluster.podNames;
  scale(cluster.store, { kind: 'Deployment', namespace: 'default', name: 'web' }, 5);
  cluster.settle((pod) => kept.includes(pod.metadata.name));
  t.is(cluster.podNames.length, 5);
  scale(cluster.store, { kind: 'Deployment', namespace: 'default', name: 'web' }, 2);
  cluster.settle();
  t.deepEqual(cluster.podNames, kept);
  t.throws(() => scale(cluster.store, { kind: 'Service', name: 'kubernetes', namespace: 'default' }, 1), {
    code: 'usage',
  });
  t.throws(() => scale(cluster.store, { kind: 'Deployment', name: 'x', namespace: 'default' }, 1), {
    code: 'not-found',
  });
});

test('a ReplicaSet replaces a deleted Pod, adopts orphans and lets go of relabelled Pods', (t) => {
  const cluster = new TestCluster();
  const orphan = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'orphan', labels: { app: 'web' } },
    spec: { containers: [{ name: 'c', image: 'httpd' }] },
  };
  cluster.apply(orphan);
  cluster.apply(workload('ReplicaSet', 'web', { replicas: 2 }));
  cluster.settle();
  t.is(cluster.podNames.length, 2);
  t.is(cluster.store.get('Pod', 'default', 'orphan')?.metadata.ownerReferences?.[0]?.kind, 'ReplicaSet');
  const pod = cluster.store.get('Pod', 'default', 'orphan');
  if (pod === undefined) return t.fail();
  cluster.store.update({ ...pod, metadata: { ...pod.metadata, labels: { app: 'debug' } } });
  cluster.settle();
  t.is(cluster.podNames.length, 3);
  t.deepEqual(cluster.store.get('Pod', 'default', 'orphan')?.metadata.ownerReferences, []);
  const other = cluster.store.list('Pod', { labelSelector: 'app=web' })[0];
  if (other === undefined) return t.fail();
  cluster.store.delete(keyOf(other));
  cluster.settle();
  t.is(cluster.store.list('Pod', { labelSelector: 'app=web' }).length, 2);
});

test('a ReplicationController keeps its Pods', (t) => {
  const cluster = new TestCluster();
  cluster.apply(workload('ReplicationController', 'old', { replicas: 2, selector: { app: 'old' } }, 'v1'));
  cluster.settle();
  t.is(cluster.podNames.length, 2);
  t.like(cluster.store.get('ReplicationController', 'default', 'old')?.status, { replicas: 2, readyReplicas: 2 });
});

for (const [what, spec, nodes] of [
  ['workers only', {}, ['node1', 'node2']],
  [
    'all nodes with a toleration',
    { tolerations: [{ key: 'node-role.kubernetes.io/control-plane', operator: 'Exists' }] },
    ['master', 'node1', 'node2'],
  ],
  ['nodes of its nodeSelector', { nodeSelector: { 'kubernetes.io/hostname': 'node2' } }, ['node2']],
] as const) {
  test(`a DaemonSet runs on ${what}`, (t) => {
    const cluster = new TestCluster();
    cluster.apply(workload('DaemonSet', 'agent', { template: template('agent', spec) }));
    cluster.settle();
    t.deepEqual(
      cluster.store
        .list('Pod')
        .map((pod) => pod.spec.nodeName)
        .sort(),
      [...nodes],
    );
    t.like(cluster.store.get('DaemonSet', 'default', 'agent')?.status, {
      desiredNumberScheduled: nodes.length,
      numberReady: nodes.length,
    });
  });
}

test('a DaemonSet follows nodes that come and go, and updates Pods one after another', (t) => {
  const cluster = new TestCluster();
  cluster.apply(workload('DaemonSet', 'agent', {}));
  cluster.settle();
  cluster.apply({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'node3' } });
  cluster.settle();
  t.is(cluster.podNames.length, 3);
  cluster.apply(workload('DaemonSet', 'agent', { template: template('agent', {}, 'nginx') }));
  cluster.reconcile();
  t.is(active(cluster).length, 2);
  cluster.settle();
  t.true(cluster.store.list('Pod').every((pod) => pod.spec.containers[0]?.image === 'nginx'));
  cluster.store.delete('Node//node3');
  cluster.settle();
  t.is(cluster.podNames.length, 2);
});

test('a StatefulSet starts one Pod after the other is ready, with stable names', (t) => {
  const cluster = new TestCluster();
  cluster.apply(workload('StatefulSet', 'db', { replicas: 3, serviceName: 'db' }));
  cluster.settle(() => false);
  t.deepEqual(cluster.podNames, ['db-0']);
  cluster.settle((pod) => pod.metadata.name === 'db-0');
  t.deepEqual(cluster.podNames, ['db-0', 'db-1']);
  cluster.settle();
  t.deepEqual(cluster.podNames, ['db-0', 'db-1', 'db-2']);
  t.like(cluster.store.get('Pod', 'default', 'db-1'), {
    spec: { hostname: 'db-1', subdomain: 'db' },
    metadata: { labels: { 'statefulset.kubernetes.io/pod-name': 'db-1', 'apps.kubernetes.io/pod-index': '1' } },
  });
});

test('a StatefulSet scales down from the end and updates from the end', (t) => {
  const cluster = new TestCluster();
  cluster.apply(workload('StatefulSet', 'db', { replicas: 3, serviceName: 'db' }));
  cluster.settle();
  const removed: string[] = [];
  cluster.store.watch((event) => {
    if (event.type === 'DELETED' && event.object.kind === 'Pod') removed.push(event.object.metadata.name);
  });
  cluster.apply(
    workload('StatefulSet', 'db', { replicas: 3, serviceName: 'db', template: template('db', {}, 'nginx') }),
  );
  cluster.settle();
  t.deepEqual(removed, ['db-2', 'db-1', 'db-0']);
  t.true(cluster.store.list('Pod').every((pod) => pod.spec.containers[0]?.image === 'nginx'));
  scale(cluster.store, { kind: 'StatefulSet', namespace: 'default', name: 'db' }, 1);
  cluster.settle();
  t.deepEqual(removed.slice(3), ['db-2', 'db-1']);
  t.deepEqual(cluster.podNames, ['db-0']);
});

test('a Parallel StatefulSet does not wait', (t) => {
  const cluster = new TestCluster();
  cluster.apply(workload('StatefulSet', 'db', { replicas: 3, serviceName: 'db', podManagementPolicy: 'Parallel' }));
  cluster.reconcile();
  t.deepEqual(cluster.podNames, ['db-0', 'db-1', 'db-2']);
});
