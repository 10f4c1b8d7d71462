import test from 'ava';
import { humanDuration } from './columns.ts';
import { kindByName, kinds } from './registry.ts';
import { good, manifest } from './testing.ts';
import type { KindName } from './types/object.ts';

const now = Date.parse('2026-01-01T01:00:00Z');
const creationTimestamp = '2026-01-01T00:58:00Z';

/** The row of an object that is two minutes old. */
function row(kind: KindName, apiVersion: string, spec: object | undefined, more: object = {}): readonly string[] {
  const metadata = { name: 'web', creationTimestamp };
  return kindByName(kind).columns.row(good(kind, { ...manifest(apiVersion, kind, spec, more), metadata }), now);
}

const containers = [
  { name: 'a', image: 'httpd' },
  { name: 'b', image: 'redis:3' },
];
const template = { metadata: { labels: { app: 'web' } }, spec: { containers } };
const selector = { matchLabels: { app: 'web' }, matchExpressions: [{ key: 'app', operator: 'Exists' }] };

test('a length of time, as kubectl shortens it', (t) => {
  const minute = 60;
  const hour = 60 * minute;
  const day = 24 * hour;
  const cases: readonly (readonly [number, string])[] = [
    [-5, '<invalid>'],
    [0, '0s'],
    [119, '119s'],
    [120, '2m'],
    [125, '2m5s'],
    [10 * minute, '10m'],
    [179 * minute, '179m'],
    [180 * minute, '3h'],
    [7 * hour + 59 * minute, '7h59m'],
    [8 * hour, '8h'],
    [47 * hour, '47h'],
    [48 * hour, '2d'],
    [51 * hour, '2d3h'],
    [8 * day, '8d'],
    [729 * day, '729d'],
    [730 * day, '2y'],
    [735 * day, '2y5d'],
    [9 * 365 * day, '9y'],
  ];
  for (const [seconds, expected] of cases) t.is(humanDuration(seconds), expected);
});

test('Service', (t) => {
  const ports = [
    { name: 'http', port: 8080, targetPort: 80, nodePort: 31_234 },
    { name: 'dns', port: 53, protocol: 'UDP' },
  ];
  const spec = {
    type: 'NodePort',
    clusterIP: '10.96.203.6',
    ports,
    externalIPs: ['80.11.12.10'],
    selector: { run: 'httpd' },
  };
  t.deepEqual(row('Service', 'v1', spec), [
    'web',
    'NodePort',
    '10.96.203.6',
    '80.11.12.10',
    '8080:31234/TCP,53/UDP',
    '2m',
    'run=httpd',
  ]);
  const balanced = { type: 'LoadBalancer', ports: [{ port: 80 }] };
  t.is(row('Service', 'v1', balanced)[3], '<pending>');
  t.is(
    row('Service', 'v1', balanced, { status: { loadBalancer: { ingress: [{ ip: '172.6.6.1' }] } } })[3],
    '172.6.6.1',
  );
  t.deepEqual(row('Service', 'v1', { type: 'ExternalName', externalName: 'a.b' }).slice(1, 5), [
    'ExternalName',
    '<none>',
    'a.b',
    '<none>',
  ]);
});

test('Deployment, ReplicaSet, DaemonSet, StatefulSet, ReplicationController', (t) => {
  const spec = { selector, template, replicas: 3 };
  const status = { readyReplicas: 2, replicas: 3, updatedReplicas: 3, availableReplicas: 1 };
  const tail = ['a,b', 'httpd,redis:3', 'app=web,app'];
  t.deepEqual(row('Deployment', 'apps/v1', spec, { status }), ['web', '2/3', '3', '1', '2m', ...tail]);
  t.deepEqual(row('ReplicaSet', 'apps/v1', spec, { status }), ['web', '3', '3', '2', '2m', ...tail]);
  t.deepEqual(row('StatefulSet', 'apps/v1', spec, { status }), ['web', '2/3', '2m', 'a,b', 'httpd,redis:3']);
  const daemons = { desiredNumberScheduled: 3, currentNumberScheduled: 2, numberReady: 1 };
  t.deepEqual(row('DaemonSet', 'apps/v1', { selector, template }, { status: daemons }), [
    'web',
    '3',
    '2',
    '1',
    '0',
    '0',
    '<none>',
    '2m',
    ...tail,
  ]);
  t.is(row('ReplicationController', 'v1', { template }).at(-1), 'app=web');
});

test('Pod', (t) => {
  const containerStatuses = [
    { name: 'a', ready: true, restartCount: 1, state: 'running' },
    { name: 'b', ready: false, restartCount: 2, state: 'waiting', reason: 'CrashLoopBackOff' },
  ];
  const status = { phase: 'Running', podIP: '10.244.1.2', containerStatuses };
  t.deepEqual(row('Pod', 'v1', { containers, nodeName: 'node1' }, { status }), [
    'web',
    '1/2',
    'CrashLoopBackOff',
    '3',
    '2m',
    '10.244.1.2',
    'node1',
    '<none>',
    '<none>',
  ]);
  t.is(row('Pod', 'v1', { containers }, { status: { phase: 'Succeeded' } })[2], 'Completed');
});

test('Pod with initContainers', (t) => {
  const containers = [{ name: 'a', image: 'x' }];
  const initContainers = ['one', 'two'].map((name) => ({ name, image: 'x' }));
  const done = { name: 'one', ready: true, restartCount: 0, state: 'terminated', reason: 'Completed' };
  const two = (state: string, reason?: string) => ({ ...done, name: 'two', restartCount: 3, state, reason });
  const shown = (...initContainerStatuses: readonly unknown[]) =>
    row('Pod', 'v1', { containers, initContainers }, { status: { phase: 'Pending', initContainerStatuses } }).slice(
      1,
      4,
    );
  t.deepEqual(shown(two('waiting', 'PodInitializing')), ['0/1', 'Init:0/1', '3']);
  t.deepEqual(shown(done, two('running')), ['0/1', 'Init:1/2', '3']);
  t.deepEqual(shown(done, two('waiting', 'CrashLoopBackOff')), ['0/1', 'Init:CrashLoopBackOff', '3']);
  t.deepEqual(shown(done, two('terminated', 'Error')), ['0/1', 'Init:Error', '3']);
  t.deepEqual(shown(done, two('terminated', 'Completed')), ['0/1', 'Pending', '3']);
  t.deepEqual(shown(done, { ...done, state: { running: {} } }), ['0/1', 'Init:1/2', '0']);
  const sidecar = [{ name: 'one', image: 'x', restartPolicy: 'Always' }];
  const running = { ...done, restartCount: 2, state: 'running' };
  const status = { phase: 'Running', initContainerStatuses: [running], containerStatuses: [{ ...running, name: 'a' }] };
  t.deepEqual(row('Pod', 'v1', { containers, initContainers: sidecar }, { status }).slice(1, 4), [
    '2/2',
    'Running',
    '4',
  ]);
});

test('Node, Endpoints, EndpointSlice', (t) => {
  const conditions = [{ type: 'Ready', status: 'True' }];
  const addresses = [{ type: 'InternalIP', address: '192.168.56.11' }];
  const node = row(
    'Node',
    'v1',
    { unschedulable: true, podCIDR: '10.244.0.0/24' },
    { status: { conditions, addresses } },
  );
  t.deepEqual(node, ['web', 'Ready,SchedulingDisabled', '<none>', '2m', '192.168.56.11', '<none>', '10.244.0.0/24']);
  const ips = ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4'];
  const subsets = [{ addresses: ips.map((ip) => ({ ip })), ports: [{ port: 80 }] }];
  t.is(row('Endpoints', 'v1', undefined, { subsets })[1], '10.0.0.1:80,10.0.0.2:80,10.0.0.3:80 + 1 more...');
  const slice = { addressType: 'IPv4', endpoints: ips.map((ip) => ({ addresses: [ip] })), ports: [{ port: 80 }] };
  t.deepEqual(row('EndpointSlice', 'discovery.k8s.io/v1', undefined, slice).slice(1, 4), [
    'IPv4',
    '80',
    '10.0.0.1,10.0.0.2,10.0.0.3 + 1 more...',
  ]);
});

test('every row has a cell for every header', (t) => {
  const workload = { selector: { matchLabels: { app: 'web' } }, template };
  const specs: Readonly<Partial<Record<KindName, object>>> = {
    Pod: { containers },
    Deployment: workload,
    ReplicaSet: workload,
    DaemonSet: workload,
    StatefulSet: workload,
    ReplicationController: { template },
    Service: { ports: [{ port: 80 }] },
    ServiceCIDR: { cidrs: ['10.96.0.0/12'] },
  };
  const more = { EndpointSlice: { addressType: 'IPv4', endpoints: [] } } as Readonly<Record<string, object>>;
  for (const { kind, versions, columns } of kinds) {
    const cells = row(kind, versions[0] ?? '', specs[kind], more[kind]);
    t.is(cells.length, columns.headers.length + columns.wide.length, kind);
    t.true(
      cells.every((cell) => typeof cell === 'string' && cell !== ''),
      kind,
    );
  }
});
