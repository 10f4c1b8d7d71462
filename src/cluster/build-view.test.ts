import test from 'ava';
import { type Mac, parseCidr, parseIPv4 } from '../net/address.ts';
import { buildView, type NetworkView, nodeMac } from './build-view.ts';
import { deployment, service, TestCluster } from './testing/cluster.ts';
import { setPodStatus } from './testing/kubelet.ts';

function network(...names: readonly string[]): NetworkView {
  const mac = '02:00:00:00:00:01' as Mac;
  return {
    flannel: {
      network: parseCidr('10.244.0.0/16'),
      subnetLen: 24,
      subnetMin: parseIPv4('10.244.0.0'),
      subnetMax: parseIPv4('10.244.255.0'),
      ipMasq: true,
      backend: { type: 'vxlan', vni: 1, port: 8472, directRouting: false, learning: false, gbp: false },
    },
    leases: new Map(names.map((name, i) => [name, { subnet: parseCidr(`10.244.${i}.0/24`), vtepMac: mac }])),
  };
}

test('the MAC of eth0 tells the address', (t) =>
  t.is(nodeMac(parseIPv4('192.168.56.11')) as string, '02:00:00:00:38:0b'));

test('nodes without a lease are left out, and so are their Pods', (t) => {
  const cluster = new TestCluster({
    nodes: [
      { name: 'n1', zone: 'a' },
      { name: 'n2', kubeProxy: false },
    ],
  });
  cluster.apply(deployment('web', 2), service('web'));
  cluster.settle();
  const part = buildView(cluster.store, network('n1'));
  t.deepEqual(
    part.nodes.map(({ name }) => name),
    ['n1'],
  );
  t.deepEqual(
    part.pods.map(({ spec }) => spec.nodeName),
    ['n1'],
  );
  const whole = buildView(cluster.store, network('n1', 'n2'));
  t.like(whole.nodes[0], {
    ip: '192.168.56.11',
    mac: '02:00:00:00:38:0b',
    zone: 'a',
    podCIDRs: ['10.244.0.0/24'],
    kubeProxy: true,
  });
  t.is(whole.nodes[1]?.kubeProxy, false);
  t.is(whole.pods.length, 2);
  t.is(whole.nodes[0], part.nodes[0]);
});

test('what did not change is the same', (t) => {
  const cluster = new TestCluster();
  cluster.apply(deployment('web', 2), service('web'));
  cluster.settle();
  const net = () => network('master', 'node1', 'node2');
  const first = buildView(cluster.store, net());
  t.is(buildView(cluster.store, net()), first);
  setPodStatus(cluster.store, `Pod/default/${cluster.podNames[0]}`, { containerStatuses: [] });
  cluster.reconcile();
  const second = buildView(cluster.store, net());
  t.not(second, first);
  t.is(second.services, first.services);
  t.is(second.nodes, first.nodes);
  t.is(second.proxy, first.proxy);
  t.not(second.slices, first.slices);
  t.is(second.pods[1], first.pods[1]);
});

test('finished Pods and Pods without a node are left out', (t) => {
  const cluster = new TestCluster();
  cluster.apply(deployment('web', 1));
  t.is(buildView(cluster.store, network('node1', 'node2')).pods.length, 0);
  cluster.settle();
  setPodStatus(cluster.store, `Pod/default/${cluster.podNames[0]}`, { phase: 'Failed' });
  t.is(buildView(cluster.store, network('node1', 'node2')).pods.length, 0);
});

test('the proxy configuration: its object, then the ConfigMap, then the default', (t) => {
  const cluster = new TestCluster();
  const proxy = () => buildView(cluster.store, network('node1')).proxy;
  t.like(proxy(), { mode: 'iptables', clusterCIDR: '10.244.0.0/16' });
  const text = 'apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmode: ipvs\n';
  const configMap = (conf: string) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'kube-proxy', namespace: 'kube-system' },
    data: { 'config.conf': conf },
  });
  cluster.apply(configMap(text));
  t.is(proxy().mode, 'ipvs');
  cluster.apply(configMap('mode: [broken'));
  t.throws(proxy, { code: 'invalid-object' });
  cluster.apply({ apiVersion: 'kubeproxy.config.k8s.io/v1alpha1', kind: 'KubeProxyConfiguration', mode: 'nftables' });
  t.is(proxy().mode, 'nftables');
});
