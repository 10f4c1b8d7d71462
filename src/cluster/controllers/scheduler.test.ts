import test from 'ava';
import { deployment, TestCluster, template } from '../testing/cluster.ts';

function pod(name: string, spec: Record<string, unknown> = {}): unknown {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: { containers: [{ name: 'c', image: 'httpd' }], ...spec },
  };
}

const nodeOf = (cluster: TestCluster, name: string) => cluster.store.get('Pod', 'default', name)?.spec.nodeName;

test('Pods of one owner spread, then nodes fill evenly, in the order in which nodes joined', (t) => {
  const cluster = new TestCluster({ nodes: [{ name: 'b' }, { name: 'a' }, { name: 'c' }] });
  cluster.apply(pod('first'));
  cluster.reconcile();
  t.is(nodeOf(cluster, 'first'), 'b');
  cluster.apply(deployment('web', 6));
  cluster.reconcile();
  const web = cluster.store.list('Pod', { labelSelector: 'app=web' }).map(({ spec }) => spec.nodeName);
  t.deepEqual(web.sort(), ['a', 'a', 'b', 'b', 'c', 'c']);
  cluster.apply(pod('last'));
  cluster.reconcile();
  t.is(nodeOf(cluster, 'last'), 'a');
});

test('Pods of one owner spread even when another node has less to do', (t) => {
  const cluster = new TestCluster();
  cluster.apply(...['a', 'b', 'c'].map((name) => pod(name, { nodeName: 'node1' })), deployment('web', 2));
  cluster.reconcile();
  const web = cluster.store.list('Pod', { labelSelector: 'app=web' }).map(({ spec }) => spec.nodeName);
  t.deepEqual(web.sort(), ['node1', 'node2']);
});

const reason = (cluster: TestCluster, name: string) =>
  cluster.store.get('Pod', 'default', name)?.status.conditions?.find(({ type }) => type === 'PodScheduled');

test('what does not fit stays Pending and says why', (t) => {
  const cluster = new TestCluster();
  cluster.apply(pod('picky', { nodeSelector: { disk: 'ssd' } }));
  cluster.reconcile();
  t.like(reason(cluster, 'picky'), {
    status: 'False',
    reason: 'Unschedulable',
    message:
      "0/3 nodes are available: 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, 2 node(s) didn't match Pod's node affinity/selector. preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.",
  });
  const node = cluster.store.get('Node', undefined, 'node2');
  if (node === undefined) return t.fail();
  cluster.store.update({ ...node, metadata: { ...node.metadata, labels: { ...node.metadata.labels, disk: 'ssd' } } });
  cluster.reconcile();
  t.is(nodeOf(cluster, 'picky'), 'node2');
  t.is(reason(cluster, 'picky')?.status, 'True');
});

test('tolerations, cordons and host ports', (t) => {
  const cluster = new TestCluster();
  const toMaster = { nodeSelector: { 'kubernetes.io/hostname': 'master' } };
  cluster.apply(
    pod('on-master', {
      ...toMaster,
      tolerations: [{ key: 'node-role.kubernetes.io/control-plane', operator: 'Exists' }],
    }),
  );
  cluster.reconcile();
  t.is(nodeOf(cluster, 'on-master'), 'master');
  const node1 = cluster.store.get('Node', undefined, 'node1');
  if (node1 === undefined) return t.fail();
  cluster.store.update({ ...node1, spec: { unschedulable: true } });
  const hostPort = { containers: [{ name: 'c', image: 'httpd', ports: [{ containerPort: 80, hostPort: 8080 }] }] };
  cluster.apply(pod('one', hostPort), pod('two', hostPort));
  cluster.reconcile();
  t.is(nodeOf(cluster, 'one'), 'node2');
  t.regex(reason(cluster, 'two')?.message ?? '', /1 node\(s\) didn't have free ports.*1 node\(s\) were unschedulable/);
  cluster.store.delete('Pod/default/one');
  cluster.reconcile();
  t.is(nodeOf(cluster, 'two'), 'node2');
});

test('a Pod with nodeName is left alone, and one without nodes says so', (t) => {
  const cluster = new TestCluster();
  cluster.apply(pod('bound', { nodeName: 'master' }), pod('lost', { nodeName: 'nowhere' }));
  cluster.reconcile();
  t.is(nodeOf(cluster, 'bound'), 'master');
  t.is(nodeOf(cluster, 'lost'), 'nowhere');
  for (const { metadata } of cluster.store.list('Node')) cluster.store.delete(`Node//${metadata.name}`);
  cluster.apply(pod('waiting'));
  cluster.reconcile();
  t.is(reason(cluster, 'waiting')?.message, 'no nodes available to schedule pods');
});

test('Pods of a node that leaves are replaced elsewhere', (t) => {
  const cluster = new TestCluster();
  cluster.apply(deployment('web', 4, { template: template('web') }));
  cluster.settle();
  cluster.store.delete('Node//node1');
  cluster.settle();
  t.deepEqual(
    cluster.store.list('Pod').map(({ spec }) => spec.nodeName),
    Array(4).fill('node2'),
  );
});
