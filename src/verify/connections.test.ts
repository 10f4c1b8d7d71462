import test from 'ava';
import { formatFrom, formatTo } from '../model/target.ts';
import { makeEndpoint, makeNode, makePod, makeService, makeSlice, makeView } from '../model/testing/lab.ts';
import { connectionsAtMost, connectionsToTry, type TryFilters } from './connections.ts';
import { wayOf } from './reports/ways.ts';

const view = makeView();
const texts = (filters: TryFilters = {}) =>
  connectionsToTry(view, filters).map(({ from, to, about }) => `${formatFrom(from)} → ${formatTo(to)} ${about}`);

test('every kind of client tries every way in', (t) => {
  const all = texts();
  for (const expected of [
    'pod/default/httpd-0 → http://127.0.0.1:80 own localhost of Pod default/httpd-0',
    'pod/default/busybox → http://10.244.1.2:80 Pod default/httpd-0 on the same node',
    'pod/default/busybox → http://10.244.2.2:80 Pod default/httpd-1 on another node',
    'node/node1 → http://10.244.2.2:80 Pod default/httpd-1 on another node',
    'client/laptop → http://10.244.2.2:80 Pod default/httpd-1 from outside',
    'pod/default/busybox → http://10.96.203.6:8080 ClusterIP default/httpd',
    'pod/default/httpd-0 → http://10.96.203.6:8080 ClusterIP default/httpd (hairpin)',
    'client/laptop → http://192.168.56.13:30080 NodePort default/httpd on node3',
    'node/node2 → http://127.0.0.1:30080 NodePort default/httpd on 127.0.0.1',
    'client/laptop → http://80.11.12.10:8080 externalIP default/httpd',
    'client/laptop → http://172.6.6.25:80 load balancer IP default/lb',
    'pod/default/busybox → http://10.96.0.22:80 ClusterIP default/none',
    'pod/default/busybox → tcp://10.96.0.23:6379 ClusterIP default/redis',
    'pod/default/busybox → icmp://10.96.203.6 ping ClusterIP default/httpd',
    'pod/default/busybox → tcp://10.96.203.6:61999 wrong port of ClusterIP default/httpd',
    'client/laptop → icmp://192.168.56.19 ping node master',
  ]) {
    t.true(all.includes(expected), expected);
  }
  t.is(new Set(all).size, all.length, 'no connection is tried twice');
  t.false(all.some((text) => text.startsWith('pod') && text.includes('127.0.0.1:30080')));
});

test('health checks of policy Local are asked for on every node', (t) => {
  const lb = makeService('lb', {
    type: 'LoadBalancer',
    clusterIP: '10.96.1.1',
    externalTrafficPolicy: 'Local',
    healthCheckNodePort: 32_000,
    ports: [{ port: 80, targetPort: 80, protocol: 'TCP', nodePort: 30_000 }],
  });
  const tried = (service: typeof lb) =>
    connectionsToTry(makeView({ nodes: [makeNode('node1', 1), makeNode('node2', 2)], services: [service] }), {
      from: 'client/laptop',
    }).filter(({ about }) => about.startsWith('health check'));
  t.deepEqual(
    tried(lb).map(({ to, about }) => `${formatTo(to)} ${about}`),
    [
      'http://192.168.56.11:32000 health check of default/lb on node1',
      'http://192.168.56.12:32000 health check of default/lb on node2',
    ],
  );
  t.deepEqual(tried({ ...lb, spec: { ...lb.spec, externalTrafficPolicy: 'Cluster' } }), []);
});

test('filters take targets and beginnings of them', (t) => {
  const froms = (filters: TryFilters) =>
    [...new Set(connectionsToTry(view, filters).map(({ from }) => formatFrom(from)))].sort();
  t.deepEqual(froms({ from: 'node1' }), ['node/node1']);
  t.deepEqual(froms({ from: 'pod/httpd' }), ['pod/default/httpd-0', 'pod/default/httpd-1']);
  t.deepEqual(froms({ from: 'pod/busybox' }), ['pod/default/busybox']);
  t.deepEqual(froms({ from: 'client' }), ['client/laptop']);
  const only = { from: 'client/laptop' };
  t.true(texts({ ...only, to: 'svc/httpd' }).every((text) => text.includes('default/httpd')));
  t.is(texts({ ...only, to: 'svc/httpd' }).length, 6);
  t.deepEqual(texts({ ...only, to: 'node1:30080' }), [
    'client/laptop → http://192.168.56.11:30080 NodePort default/httpd on node1',
  ]);
  t.deepEqual(texts({ ...only, to: '10.96.203.6:8080' }), [
    'client/laptop → http://10.96.203.6:8080 ClusterIP default/httpd',
  ]);
  t.deepEqual(texts({ ...only, to: 'tcp://8.8.8.8:53' }), [
    'client/laptop → tcp://8.8.8.8:53 as asked: tcp://8.8.8.8:53',
  ]);
});

test('filters that fit nothing say what there is', (t) => {
  const error = t.throws(() => connectionsToTry(view, { from: 'pod/httpd-9' }), { code: 'not-found' });
  t.regex(String((error as { hint?: string }).hint), /httpd-0/);
  t.throws(() => connectionsToTry(view, { to: 'svc/htpd' }), { code: 'not-found', message: /no Service "htpd"/ });
});

test('a big lab is tried by a representative set', (t) => {
  const nodes = [1, 2, 3, 4].map((n) => makeNode(`node${n}`, n));
  const pods = Array.from({ length: 100 }, (_, i) =>
    makePod(`web-${i}`, `node${(i % 4) + 1}`, `10.244.${(i % 4) + 1}.${i + 2}`, 'httpd'),
  );
  const names = Array.from({ length: 50 }, (_, i) => i);
  const port = (i: number) => [{ port: 80, targetPort: 80, protocol: 'TCP' as const, nodePort: 30_000 + i }];
  const big = makeView({
    nodes,
    pods,
    services: names.map((i) =>
      makeService(`web-${i}`, { type: 'NodePort', clusterIP: `10.96.1.${i + 1}`, ports: port(i) }),
    ),
    slices: names.map((i) =>
      makeSlice(
        `web-${i}`,
        80,
        [2 * i, 2 * i + 1].map((p) => makeEndpoint(`10.244.${(p % 4) + 1}.${p + 2}`, `node${(p % 4) + 1}`)),
      ),
    ),
  });
  const tries = connectionsToTry(big);
  t.true(tries.length <= connectionsAtMost && tries.length > connectionsAtMost / 2, String(tries.length));
  for (const i of names)
    t.true(
      tries.some(({ about }) => about === `ClusterIP default/web-${i} (hairpin)`),
      `web-${i}`,
    );
  t.true(new Set(tries.map(({ from }) => formatFrom(from))).size > 90, 'nearly everybody has a turn');
});

test('ways in have names', (t) => {
  const way = (about: string) => wayOf({ from: '', to: '', about, predicted: [], observed: [], agrees: true });
  t.is(way('ClusterIP default/httpd (hairpin)'), 'ClusterIP');
  t.is(way('NodePort default/httpd on node1'), 'NodePort');
  t.is(way('NodePort default/httpd:web on 127.0.0.1'), 'NodePort on 127.0.0.1');
  t.is(way('Pod default/a on the same node'), 'Pod, on the same node');
  t.is(way('ping ClusterIP default/httpd'), 'ping ClusterIP');
  t.is(way('wrong port of node node1'), 'wrong port of node');
  t.is(way('load balancer IP default/lb'), 'load balancer IP');
});
