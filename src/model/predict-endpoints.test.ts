import test from 'ava';
import { predict } from './predict.ts';
import { parseFrom, parseTo } from './target.ts';
import { both, foretell, standard } from './testing/foretell.ts';
import { makeEndpoint, makePod, makeService, makeSlice, makeView } from './testing/lab.ts';

test('Pod and node of each endpoint are named', (t) => {
  const from = parseFrom('pod/busybox', standard);
  t.deepEqual(predict(standard, from, parseTo('svc/httpd', standard, from)).predicted[1], {
    outcome: 'delivered',
    endpoint: '10.244.2.2:80',
    pod: 'default/httpd-1',
    node: 'node2',
    source: '10.244.1.7',
    probability: 0.5,
  });
});

test('of two Services with one external address and port, the first in name order that has endpoints wins', (t) => {
  const port = [{ port: 80, targetPort: 80, protocol: 'TCP' as const }];
  const claim = (name: string, ip: string) =>
    makeService(name, { clusterIP: ip, ports: port, externalIPs: ['80.11.12.50'] });
  const services = [claim('c', '10.96.1.3'), claim('b', '10.96.1.2'), claim('a', '10.96.1.1')];
  const slices = [
    makeSlice('c', 80, [makeEndpoint('10.244.2.2', 'node2')]),
    makeSlice('b', 80, [makeEndpoint('10.244.1.2', 'node1')]),
  ];
  t.deepEqual(foretell(makeView({ services, slices }), 'node3', '80.11.12.50:80'), ['10.244.1.2:80 < 10.244.3.0']);
});

test('externalTrafficPolicy Local at externalIPs, by release and type', (t) => {
  const of = (kubernetesRelease: '1.8' | '1.20' | '1.36', type: 'ClusterIP' | 'NodePort') => {
    const spec = { type, clusterIP: '10.96.1.1', ports: [{ port: 80, targetPort: 80, protocol: 'TCP' as const }] };
    const services = [
      makeService('web', { ...spec, externalIPs: ['80.11.12.50'], externalTrafficPolicy: 'Local' as const }),
    ];
    const slices = [makeSlice('web', 80, [makeEndpoint('10.244.2.2', 'node2')])];
    return foretell(makeView({ services, slices, lab: { kubernetesRelease } }), 'client/laptop', '80.11.12.50:80');
  };
  const masqueraded = ['10.244.2.2:80 < 10.244.1.0'];
  t.deepEqual(of('1.36', 'ClusterIP'), ['dropped']);
  t.deepEqual(of('1.20', 'ClusterIP'), masqueraded);
  t.deepEqual(of('1.20', 'NodePort'), ['dropped']);
  t.deepEqual(of('1.8', 'NodePort'), masqueraded);
});

test('hints keep traffic in its zone, and fall back', (t) => {
  const zone = (name: string) => ({ hints: { forZones: [{ name }] } });
  const hinted = [makeEndpoint('10.244.1.2', 'node1', zone('a')), makeEndpoint('10.244.2.2', 'node2', zone('b'))];
  const view = makeView({ slices: [makeSlice('httpd', 80, hinted)] });
  t.deepEqual(foretell(view, 'pod/busybox', 'svc/httpd'), ['10.244.1.2:80 < 10.244.1.7']);
  t.deepEqual(foretell(view, 'node3', 'svc/httpd'), ['10.244.2.2:80 < 10.244.3.0']);
  const partly = makeView({
    slices: [makeSlice('httpd', 80, [...hinted.slice(0, 1), makeEndpoint('10.244.2.2', 'node2')])],
  });
  t.deepEqual(foretell(partly, 'pod/busybox', 'svc/httpd'), both('10.244.1.7', '10.244.1.7'));
  const old = makeView({ ...view, lab: { kubernetesRelease: '1.20' } });
  t.deepEqual(foretell(old, 'pod/busybox', 'svc/httpd'), both('10.244.1.7', '10.244.1.7'));
});

test('terminating endpoints serve only when no ready one is left', (t) => {
  const leaving = makeEndpoint('10.244.1.2', 'node1', {
    conditions: { ready: false, serving: true, terminating: true },
  });
  const ready = makeEndpoint('10.244.2.2', 'node2');
  const view = (endpoints: (typeof ready)[]) => makeView({ slices: [makeSlice('httpd', 80, endpoints)] });
  t.deepEqual(foretell(view([leaving]), 'pod/busybox', 'svc/httpd'), ['10.244.1.2:80 < 10.244.1.7']);
  t.deepEqual(foretell(view([leaving, ready]), 'pod/busybox', 'svc/httpd'), ['10.244.2.2:80 < 10.244.1.7']);
});

test('a container that does not run listens to nobody', (t) => {
  const containerStatuses = [{ name: 'main', ready: false, restartCount: 3, state: 'waiting' as const }];
  const pods = standard.pods.map((pod) => ({ ...pod, status: { ...pod.status, containerStatuses } }));
  t.deepEqual(foretell(makeView({ pods }), 'pod/busybox', 'pod/httpd-0:80'), ['refused']);
});

test('session affinity is told', (t) => {
  const slices = [makeSlice('redis', 80, [makeEndpoint('10.244.1.2', 'node1'), makeEndpoint('10.244.2.2', 'node2')])];
  const view = makeView({ slices });
  const from = parseFrom('pod/busybox', view);
  const { affinity, predicted } = predict(view, from, parseTo('svc/redis', view, from));
  t.deepEqual(affinity, { seconds: 10_800, places: 1 });
  t.is(predicted.length, 2);
});

test('a load balancer under policy Local sends only to nodes with ready endpoints', (t) => {
  const port = [{ port: 80, targetPort: 80, protocol: 'TCP' as const, nodePort: 30090 }];
  const spec = {
    type: 'LoadBalancer' as const,
    clusterIP: '10.96.1.1',
    ports: port,
    externalTrafficPolicy: 'Local' as const,
  };
  const view = makeView({
    services: [makeService('lb', spec, '172.6.6.30')],
    slices: [makeSlice('lb', 80, [makeEndpoint('10.244.1.2', 'node1'), makeEndpoint('10.244.2.2', 'node2')])],
  });
  t.deepEqual(foretell(view, 'client/laptop', '172.6.6.30:80'), both('203.0.113.10', '203.0.113.10'));
});

test('a load balancer has its addresses whatever the pool, and before an external range', (t) => {
  const spec = { type: 'LoadBalancer' as const, clusterIP: '10.96.1.1', externalTrafficPolicy: 'Local' as const };
  const services = [
    makeService('lb', { ...spec, ports: [{ port: 80, targetPort: 80, protocol: 'TCP' }] }, '80.11.12.50'),
  ];
  const slices = [makeSlice('lb', 80, [makeEndpoint('10.244.2.2', 'node2')])];
  const foretold = foretell(makeView({ services, slices }), 'client/laptop', '80.11.12.50:80');
  t.deepEqual(foretold, ['10.244.2.2:80 < 203.0.113.10']);
});

test('a node with a ready endpoint of any port gets the packets for all of them', (t) => {
  const port = (name: string, number: number) => ({ name, port: number, targetPort: number, protocol: 'TCP' as const });
  const spec = { type: 'LoadBalancer' as const, clusterIP: '10.96.1.1', externalTrafficPolicy: 'Local' as const };
  const services = [makeService('lb', { ...spec, ports: [port('web', 80), port('none', 81)] }, '172.6.6.30')];
  const slice = makeSlice('lb', 80, [makeEndpoint('10.244.2.2', 'node2')]);
  const view = makeView({
    services,
    slices: [{ ...slice, ports: [{ name: 'web', port: 80, protocol: 'TCP' as const }] }],
  });
  t.deepEqual(foretell(view, 'client/laptop', '172.6.6.30:80'), ['10.244.2.2:80 < 203.0.113.10']);
  t.deepEqual(foretell(view, 'client/laptop', '172.6.6.30:81'), ['refused']);
});

test('mode nftables asks who sends before it looks for endpoints, mode iptables after', (t) => {
  const view = (mode: 'iptables' | 'nftables') => makeView({ proxy: { mode }, slices: [] });
  t.deepEqual(foretell(view('nftables'), 'client/laptop', '172.6.6.26:80'), ['dropped']);
  t.deepEqual(foretell(view('iptables'), 'client/laptop', '172.6.6.26:80'), ['refused']);
});

test('hairpin traffic to an endpoint that its slice places elsewhere, or nowhere', (t) => {
  const view = (mode: 'iptables' | 'nftables', node?: string) =>
    makeView({
      proxy: { mode },
      slices: [makeSlice('internal', 80, []), makeSlice('httpd', 80, [makeEndpoint('10.244.1.2', node)])],
    });
  t.deepEqual(foretell(view('nftables', 'node1'), 'pod/httpd-0', 'svc/httpd'), ['10.244.1.2:80 < 10.244.1.1']);
  t.deepEqual(foretell(view('nftables', 'node2'), 'pod/httpd-0', 'svc/httpd'), ['dropped']);
  t.deepEqual(foretell(view('nftables'), 'pod/httpd-0', 'svc/httpd'), ['dropped']);
  t.deepEqual(foretell(view('iptables'), 'pod/httpd-0', 'svc/httpd'), ['10.244.1.2:80 < 10.244.1.1']);
});

test('hairpin traffic to an endpoint that only another Service places on this node', (t) => {
  const foretold = (port: number, spec: object = {}) =>
    foretell(
      makeView({
        proxy: { mode: 'nftables' },
        services: [
          makeService('own', { clusterIP: '10.96.1.1', ports: [{ port: 80, targetPort: 80, protocol: 'TCP' }] }),
          makeService('other', {
            clusterIP: '10.96.1.2',
            ports: [{ port, targetPort: port, protocol: 'TCP' }],
            ...spec,
          }),
        ],
        slices: [
          makeSlice('own', 80, [makeEndpoint('10.244.1.2')]),
          makeSlice('other', port, [makeEndpoint('10.244.1.2', 'node1')]),
        ],
      }),
      'pod/httpd-0',
      '10.96.1.1:80',
    );
  t.deepEqual(foretold(80), ['10.244.1.2:80 < 10.244.1.1']);
  t.deepEqual(foretold(80, { internalTrafficPolicy: 'Local' }), ['10.244.1.2:80 < 10.244.1.1']);
  t.deepEqual(foretold(81), ['dropped']);
});

test('hairpin traffic by way of another node, where flannel rewrites the source', (t) => {
  const proxy = { mode: 'nftables' as const, nodePortAddresses: ['0.0.0.0/0'] };
  const view = makeView({ proxy, slices: [makeSlice('local', 80, [makeEndpoint('10.244.1.2', 'node1')])] });
  t.deepEqual(foretell(view, 'pod/httpd-0', 'tcp://10.244.2.1:30081'), ['10.244.1.2:80 < 10.244.2.0']);
});

test('release 1.20 under policy Local: an externalIP without local endpoints is not for Pods of the node either', (t) => {
  const ports = [{ port: 80, targetPort: 80, protocol: 'TCP' as const }];
  const spec = { type: 'NodePort' as const, clusterIP: '10.96.1.1', ports, externalTrafficPolicy: 'Local' as const };
  const view = makeView({
    lab: { kubernetesRelease: '1.20' },
    proxy: { clusterCIDR: '' },
    services: [makeService('web', { ...spec, externalIPs: ['192.168.56.12'] })],
    slices: [makeSlice('web', 80, [makeEndpoint('10.244.2.2', 'node2')])],
  });
  t.deepEqual(foretell(view, 'pod/busybox', '192.168.56.12:80'), ['10.244.2.2:80 < 192.168.56.11']);
  const none = { ...view, slices: [] };
  t.deepEqual(foretell(none, 'pod/busybox', '192.168.56.12:80'), ['refused']);
});

test('loopback addresses are the sender itself: 127.0.0.1 is the source, ::1 is there only with IPv6', (t) => {
  t.deepEqual(foretell(standard, 'pod/httpd-0', 'tcp://127.0.0.2:80'), ['127.0.0.2:80 < 127.0.0.1']);
  t.deepEqual(foretell(standard, 'node2', 'tcp://127.0.0.3:9000'), ['127.0.0.3:9000 < 127.0.0.1']);
  t.deepEqual(foretell(standard, 'client/laptop', 'ping://127.0.0.1'), ['127.0.0.1 < 127.0.0.1']);
  t.deepEqual(foretell(standard, 'pod/httpd-0', 'tcp://[::1]:80'), ['unreachable']);
});

test('flannel masquerades what a node sends from its bridge’s address to another of its own', (t) => {
  const slices = [makeSlice('local', 9000, [makeEndpoint('192.168.56.12', 'node2')])];
  t.deepEqual(foretell(makeView({ slices }), 'node2', 'tcp://10.244.2.1:30081'), [
    '192.168.56.12:9000 < 192.168.56.12',
  ]);
});

test('the steps tell where and why', (t) => {
  const from = parseFrom('pod/httpd-0', standard);
  const { steps } = predict(standard, from, parseTo('svc/httpd', standard, from));
  const texts = steps.map(({ where, text }) => `${where}: ${text}`);
  t.true(
    texts.some((text) => text.startsWith('node1: 10.96.203.6:8080 is the ClusterIP of Service default/httpd')),
    texts.join('\n'),
  );
  t.true(texts.some((text) => text.includes('The endpoint is the sender itself')));
  t.true(texts.some((text) => text.includes('flannel.1 wraps the packet')));
  t.is(
    new Set(texts.filter((text) => text.includes('is picked at random'))).size,
    1,
    'what branches share is told once',
  );
});

test('many like endpoints are told once', (t) => {
  const pods = Array.from({ length: 20 }, (_, i) => makePod(`web-${i}`, 'node2', `10.244.2.${100 + i}`, 'httpd'));
  const endpoints = pods.map((_, i) => makeEndpoint(`10.244.2.${100 + i}`, 'node2'));
  const view = makeView({ pods: [...standard.pods, ...pods], slices: [makeSlice('httpd', 80, endpoints)] });
  const from = parseFrom('pod/busybox', view);
  const { steps, predicted } = predict(view, from, parseTo('svc/httpd', view, from));
  t.is(predicted.length, 20);
  t.true(steps.length < 14, steps.map(({ text }) => text).join('\n'));
});

test('an endpoint whose address and port are those of an externalIP: nodes without local endpoints drop what is for it', (t) => {
  const ports = [{ port: 53, targetPort: 53, protocol: 'TCP' as const }];
  const spec = { type: 'NodePort' as const, clusterIP: '10.96.1.1', ports, externalTrafficPolicy: 'Local' as const };
  const view = (mode: 'iptables' | 'nftables') =>
    makeView({
      proxy: { mode },
      services: [makeService('web', { ...spec, externalIPs: ['192.168.56.12'] })],
      slices: [makeSlice('web', 53, [makeEndpoint('192.168.56.12', 'node2')])],
    });
  t.deepEqual(foretell(view('nftables'), 'node1', '10.96.1.1:53'), ['dropped']);
  t.deepEqual(foretell(view('nftables'), 'pod/busybox', '10.96.1.1:53'), ['dropped']);
  t.deepEqual(foretell(view('iptables'), 'pod/busybox', '10.96.1.1:53'), ['dropped']);
  t.notDeepEqual(foretell(view('iptables'), 'node1', '10.96.1.1:53'), ['dropped']);
});
