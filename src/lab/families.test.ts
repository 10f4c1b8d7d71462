import test from 'ava';
import type { LabError } from '../errors.ts';
import { offlineLab } from './offline.ts';

const lab = (spec: object = {}) => ({ apiVersion: 'svclab.dev/v1', kind: 'Lab', metadata: { name: 'x' }, spec });
const netConf = (text: string) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'kube-flannel-cfg' },
  data: { 'net-conf.json': text },
});
const pod = (name: string, more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels: { app: 'web' } },
  spec: { nodeName: 'n', containers: [{ name: 'main', image: 'nginx', ports: [{ containerPort: 80 }] }], ...more },
});
const service = (name: string, spec: object) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec: { selector: { app: 'web' }, ports: [{ port: 80 }], ...spec },
});

const nodes = [{ name: 'n' }];
const dual = {
  nodes,
  underlay: { cidr: '192.168.56.0/24,fd00:56::/64' },
  serviceClusterIPRange: '10.96.0.0/12,fd00:10:96::/112',
};

function run(...objects: readonly { readonly apiVersion: string; readonly kind: string; readonly metadata: object }[]) {
  const { store, view } = offlineLab('x', objects as Parameters<typeof offlineLab>[1]);
  const ips = (name: string) => store.get('Pod', 'default', name)?.status.podIPs?.map(({ ip }) => ip);
  return { store, view, ips };
}

test('flannel has the families of the underlay when nobody says otherwise', (t) => {
  const two = run(lab(dual));
  t.is(two.view.flannel.ipv6?.network as string, 'fd00:10:244::/56');
  t.is(two.view.proxy.clusterCIDR, '10.244.0.0/16,fd00:10:244::/56');
  t.deepEqual([...(two.view.nodes[0]?.podCIDRs ?? [])].map(String), ['10.244.1.0/24', 'fd00:10:244:1::/64']);
  t.deepEqual(two.store.get('Node', undefined, 'n')?.spec.podCIDRs, ['10.244.1.0/24', 'fd00:10:244:1::/64']);
  t.not(two.view.nodes[0]?.vtepMacV6, undefined);
  t.not(two.view.nodes[0]?.vtepMacV6, two.view.nodes[0]?.vtepMac);
  const one = run(lab({ nodes }));
  t.is(one.view.flannel.ipv6, undefined);
  t.is(one.view.proxy.clusterCIDR, '10.244.0.0/16');
  t.is(one.view.nodes[0]?.vtepMacV6, undefined);
});

test('net-conf.json decides', (t) => {
  const six = run(
    lab(dual),
    netConf('{"EnableIPv6":true,"Network":"10.9.0.0/16","IPv6Network":"fd09::/48"}'),
    pod('a'),
  );
  t.deepEqual(six.ips('a'), ['10.9.1.2', 'fd09:0:0:1::2']);
  const four = run(lab(dual), netConf('{"Network":"10.9.0.0/16"}'), pod('a'));
  t.deepEqual(four.ips('a'), ['10.9.1.2']);
  t.is(four.view.nodes[0]?.ipv6 as string, 'fd00:56::11');
  const error = t.throws<LabError>(() =>
    run(lab({ nodes }), netConf('{"EnableIPv6":true,"Network":"10.9.0.0/16","IPv6Network":"fd09::/48"}')),
  );
  t.is(error?.code, 'invalid-object');
  t.is(error?.field, 'data');
  t.regex(error?.message ?? '', /EnableIPv6/);
});

test('Pods get an address of each family; with hostNetwork those of their node', (t) => {
  const { ips, store } = run(lab(dual), pod('a'), pod('b'), pod('host', { hostNetwork: true }));
  t.deepEqual(ips('a'), ['10.244.1.2', 'fd00:10:244:1::2']);
  t.deepEqual(ips('b'), ['10.244.1.3', 'fd00:10:244:1::3']);
  t.deepEqual(ips('host'), ['192.168.56.11', 'fd00:56::11']);
  t.is(store.get('Pod', 'default', 'a')?.status.podIP, '10.244.1.2');
  t.deepEqual(run(lab({ nodes }), pod('a')).ips('a'), ['10.244.1.2']);
});

test('subnets that a Node object fixes must be of both families', (t) => {
  const node = (...podCIDRs: readonly string[]) => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'm' },
    spec: { podCIDRs },
  });
  const { view } = run(lab(dual), node('10.244.77.0/24', 'fd00:10:244:77::/64'));
  const own = view.nodes.find(({ name }) => name === 'm');
  t.deepEqual([...(own?.podCIDRs ?? [])].map(String), ['10.244.77.0/24', 'fd00:10:244:77::/64']);
  t.throws(() => run(lab(dual), node('10.244.77.0/24')), { message: /has no IPv6 subnet/ });
});

test('a Service has slices of its families alone', (t) => {
  const { view } = run(
    lab(dual),
    pod('a'),
    service('both', { ipFamilyPolicy: 'RequireDualStack' }),
    service('four', {}),
    service('six', { ipFamilies: ['IPv6'] }),
  );
  const slices = (name: string) =>
    view.slices
      .filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === name)
      .map(({ addressType, endpoints }) => [addressType, endpoints.flatMap(({ addresses }) => addresses)] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1));
  t.deepEqual(slices('both'), [
    ['IPv4', ['10.244.1.2']],
    ['IPv6', ['fd00:10:244:1::2']],
  ]);
  t.deepEqual(slices('four'), [['IPv4', ['10.244.1.2']]]);
  t.deepEqual(slices('six'), [['IPv6', ['fd00:10:244:1::2']]]);
});
