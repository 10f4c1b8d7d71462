import test from 'ava';
import { deleteObjects } from '../deletion.ts';
import { faultsOf, svc } from '../testing/admission.ts';
import { service, TestCluster } from '../testing/cluster.ts';

test('a node port stays with its port, whatever the order of the ports', (t) => {
  const cluster = new TestCluster();
  const ports = [
    { name: 'a', port: 80 },
    { name: 'b', port: 81 },
  ];
  cluster.apply(service('web', { type: 'NodePort', ports }));
  const before = new Map(svc(cluster, 'web').spec.ports?.map(({ port, nodePort }) => [port, nodePort]));
  cluster.apply(service('web', { type: 'NodePort', ports: [{ name: 'c', port: 82 }, ...ports.toReversed()] }));
  const after = new Map(svc(cluster, 'web').spec.ports?.map(({ port, nodePort }) => [port, nodePort]));
  t.is(after.get(80), before.get(80));
  t.is(after.get(81), before.get(81));
  t.truthy(after.get(82));
});

test('a node port and an address that were asked for stay when the manifest no longer names them', (t) => {
  const cluster = new TestCluster();
  cluster.apply(service('web', { type: 'NodePort', clusterIP: '10.96.0.50', ports: [{ port: 80, nodePort: 30080 }] }));
  cluster.apply(service('web', { type: 'NodePort' }));
  t.is(svc(cluster, 'web').spec.ports?.[0]?.nodePort, 30080);
  t.is(svc(cluster, 'web').spec.clusterIP, '10.96.0.50');
});

test('who has an address keeps it, wherever it stands in the request', (t) => {
  const cluster = new TestCluster();
  const fixed = { type: 'NodePort', clusterIP: '10.96.0.50', ports: [{ port: 80, nodePort: 30080 }] };
  cluster.apply(service('a', fixed));
  const faults = faultsOf(() => cluster.apply(service('b', fixed), service('a', fixed)));
  t.deepEqual(
    faults.map(({ object, field }) => [object, field]),
    [
      [0, 'spec.clusterIPs'],
      [0, 'spec.ports[0].nodePort'],
    ],
  );
});

test('ClusterIP → NodePort → LoadBalancer → ExternalName → ClusterIP', (t) => {
  const cluster = new TestCluster();
  cluster.apply(service('web'));
  const ip = svc(cluster, 'web').spec.clusterIP;
  t.is(svc(cluster, 'web').spec.ports?.[0]?.nodePort, undefined);
  cluster.apply(service('web', { type: 'NodePort' }));
  const port = svc(cluster, 'web').spec.ports?.[0]?.nodePort ?? 0;
  t.true(port >= 30086 && port <= 32767);
  cluster.apply(service('web', { type: 'LoadBalancer', externalTrafficPolicy: 'Local' }));
  t.is(svc(cluster, 'web').spec.ports?.[0]?.nodePort, port);
  t.is(svc(cluster, 'web').spec.clusterIP, ip);
  const health = svc(cluster, 'web').spec.healthCheckNodePort ?? 0;
  t.true(health >= 30000 && health !== port);
  cluster.apply(service('web', { type: 'ExternalName', externalName: 'example.org' }));
  t.is(svc(cluster, 'web').spec.clusterIP, undefined);
  t.is(svc(cluster, 'web').spec.healthCheckNodePort, undefined);
  t.deepEqual(
    cluster.apply(service('taker', { type: 'NodePort', clusterIP: ip, ports: [{ port: 80, nodePort: port }] })),
    ['created'],
  );
  cluster.apply(service('web'));
  t.not(svc(cluster, 'web').spec.clusterIP, ip);
  t.is(svc(cluster, 'web').spec.ports?.[0]?.nodePort, undefined);
});

test('LoadBalancer without node ports, headless, and two protocols on one port', (t) => {
  const cluster = new TestCluster();
  cluster.apply(service('lb', { type: 'LoadBalancer', allocateLoadBalancerNodePorts: false }));
  t.is(svc(cluster, 'lb').spec.ports?.[0]?.nodePort, undefined);
  cluster.apply(service('quiet', { clusterIP: 'None' }));
  t.deepEqual(svc(cluster, 'quiet').spec.clusterIPs, ['None']);
  const ports = [
    { name: 't', port: 53, protocol: 'TCP' },
    { name: 'u', port: 53, protocol: 'UDP' },
  ];
  cluster.apply(service('dns', { type: 'NodePort', ports }));
  const [tcp, udp] = svc(cluster, 'dns').spec.ports ?? [];
  t.is(tcp?.nodePort, udp?.nodePort);
});

test('explicit addresses of the whole batch come before dynamic ones', (t) => {
  const cluster = new TestCluster();
  cluster.apply(service('probe'));
  const drawn = svc(cluster, 'probe').spec.clusterIP;
  const other = new TestCluster();
  other.apply(service('probe'), service('fixed', { clusterIP: drawn }));
  t.is(svc(other, 'fixed').spec.clusterIP, drawn);
  t.not(svc(other, 'probe').spec.clusterIP, drawn);
});

test('a request may hand an address from one Service to another', (t) => {
  const cluster = new TestCluster();
  cluster.apply(service('a', { type: 'NodePort', ports: [{ port: 80, nodePort: 30080 }] }));
  cluster.apply(
    service('b', { type: 'NodePort', ports: [{ port: 80, nodePort: 30080 }] }),
    service('a', { type: 'NodePort', ports: [{ port: 80, nodePort: 30081 }] }),
  );
  t.is(svc(cluster, 'b').spec.ports?.[0]?.nodePort, 30080);
});

test('all faults of a request are told, each with its object and field, and nothing changes', (t) => {
  const cluster = new TestCluster();
  cluster.apply(service('a', { type: 'NodePort', clusterIP: '10.96.0.50', ports: [{ port: 80, nodePort: 30080 }] }));
  const before = cluster.store.resourceVersion;
  const faults = faultsOf(() =>
    cluster.apply(
      service('fine'),
      service('b', { type: 'NodePort', clusterIP: '10.96.0.50', ports: [{ port: 80, nodePort: 30080 }] }),
      service('c', { type: 'NodePort', clusterIP: '192.168.0.1', ports: [{ port: 80, nodePort: 80 }] }),
    ),
  );
  t.deepEqual(
    faults.map(({ code, object, field }) => [code, object, field]),
    [
      ['invalid-object', 1, 'spec.clusterIPs'],
      ['invalid-object', 1, 'spec.ports[0].nodePort'],
      ['invalid-object', 2, 'spec.clusterIPs'],
      ['invalid-object', 2, 'spec.ports[0].nodePort'],
    ],
  );
  t.is(
    faults[1]?.message,
    'Service "b" is invalid: spec.ports[0].nodePort: Invalid value: 30080: provided port is already allocated (by Service default/a)',
  );
  t.is(cluster.store.resourceVersion, before);
});

test('a freed address can be given again', (t) => {
  const cluster = new TestCluster();
  cluster.apply(service('a', { clusterIP: '10.96.0.77' }));
  deleteObjects(cluster.store, [{ kind: 'Service', namespace: 'default', name: 'a' }]);
  t.deepEqual(cluster.apply(service('b', { clusterIP: '10.96.0.77' })), ['created']);
});

test('addresses come from ServiceCIDR objects too', (t) => {
  const cluster = new TestCluster({ serviceClusterIPRange: '10.96.0.0/29', nodes: [{ name: 'n' }] });
  for (let i = 0; i < 6; i++) cluster.apply(service(`s${i}`));
  t.throws(() => cluster.apply(service('more')), { message: /range is full/ });
  const more = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'ServiceCIDR',
    metadata: { name: 'more' },
    spec: { cidrs: ['10.112.0.0/24', 'fd00:10::/112'] },
  };
  cluster.apply(more, service('more'), service('dual', { ipFamilyPolicy: 'PreferDualStack' }));
  t.regex(svc(cluster, 'more').spec.clusterIP ?? '', /^10\.112\.0\./);
  t.deepEqual(svc(cluster, 'dual').spec.ipFamilies, ['IPv4', 'IPv6']);
  t.regex(svc(cluster, 'dual').spec.clusterIPs?.[1] ?? '', /^fd00:10::/);
});

test('dual-stack is refused where the cluster has one family', (t) => {
  const cluster = new TestCluster();
  const [fault] = faultsOf(() => cluster.apply(service('a', { ipFamilyPolicy: 'RequireDualStack' })));
  t.is(fault?.field, 'spec.ipFamilyPolicy');
});

test('dual-stack: addresses of both ranges, the first range first', (t) => {
  const underlay = { cidr: '192.168.56.0/24,fd00:56::/64' };
  const cluster = new TestCluster({ underlay, serviceClusterIPRange: '10.96.0.0/12,fd00:10:96::/112' });
  const ips = (name: string) => svc(cluster, name).spec.clusterIPs?.map((ip) => ip.includes(':')) ?? [];
  cluster.apply(
    service('single'),
    service('six', { ipFamilies: ['IPv6'] }),
    service('prefer', { ipFamilyPolicy: 'PreferDualStack' }),
    service('require', { ipFamilyPolicy: 'RequireDualStack', ipFamilies: ['IPv6', 'IPv4'] }),
    service('given', { ipFamilyPolicy: 'PreferDualStack', clusterIP: 'fd00:10:96::99' }),
  );
  t.deepEqual(ips('single'), [false]);
  t.deepEqual(ips('six'), [true]);
  t.deepEqual(ips('prefer'), [false, true]);
  t.deepEqual(ips('require'), [true, false]);
  t.deepEqual(ips('given'), [true, false]);
  t.is(svc(cluster, 'given').spec.clusterIP, 'fd00:10:96::99');
  const before = svc(cluster, 'single').spec.clusterIP;
  cluster.apply(service('single', { ipFamilyPolicy: 'RequireDualStack' }));
  t.deepEqual(ips('single'), [false, true]);
  t.is(svc(cluster, 'single').spec.clusterIP, before);
  cluster.apply(service('single', { ipFamilyPolicy: 'SingleStack' }));
  t.deepEqual(svc(cluster, 'single').spec.clusterIPs, [before]);
  t.deepEqual(svc(cluster, 'single').spec.ipFamilies, ['IPv4']);
  t.deepEqual(svc(cluster, 'kubernetes').spec.ipFamilies, ['IPv4']);
});

test('dual-stack: a cluster whose first range is IPv6', (t) => {
  const underlay = { cidr: '192.168.56.0/24,fd00:56::/64' };
  const cluster = new TestCluster({ underlay, serviceClusterIPRange: 'fd00:10:96::/112,10.96.0.0/12' });
  cluster.apply(service('a'));
  t.deepEqual(svc(cluster, 'a').spec.ipFamilies, ['IPv6']);
  t.is(svc(cluster, 'kubernetes').spec.clusterIP, 'fd00:10:96::1');
  const slice = cluster.store.get('EndpointSlice', 'default', 'kubernetes');
  t.deepEqual([slice?.addressType, slice?.endpoints[0]?.addresses], ['IPv6', ['fd00:56::11']]);
});

test('a headless Service without selector has both families, also in a cluster of one', (t) => {
  const headless = { clusterIP: 'None', selector: {} };
  const cluster = new TestCluster();
  cluster.apply(
    service('any', headless),
    service('six', { ...headless, ipFamilies: ['IPv6'] }),
    service('single', { ...headless, ipFamilyPolicy: 'SingleStack' }),
    service('selecting', { clusterIP: 'None', selector: { app: 'web' } }),
  );
  const families = (name: string) => [svc(cluster, name).spec.ipFamilyPolicy, svc(cluster, name).spec.ipFamilies];
  t.deepEqual(families('any'), ['RequireDualStack', ['IPv4', 'IPv6']]);
  t.deepEqual(families('six'), ['RequireDualStack', ['IPv6', 'IPv4']]);
  t.deepEqual(families('single'), ['SingleStack', ['IPv4']]);
  t.deepEqual(families('selecting'), ['SingleStack', ['IPv4']]);
});
