import test from 'ava';
import { TestCluster } from './testing/cluster.ts';

const dual = { underlay: { cidr: '192.168.56.0/24,fd00:56::/64' } };

function addresses(cluster: TestCluster, node: string): readonly string[] {
  const all = cluster.store.get('Node', undefined, node)?.status.addresses ?? [];
  return all.filter(({ type }) => type === 'InternalIP').map(({ address }) => address);
}

test('nodes get the next free address, and the one of IPv6 that is written alike', (t) => {
  const cluster = new TestCluster({
    ...dual,
    nodes: [{ name: 'a' }, { name: 'b', ip: '192.168.56.101' }, { name: 'c' }],
    clients: [{ name: 'laptop', ips: ['203.0.113.10', '2001:db8::10'] }],
  });
  t.deepEqual(addresses(cluster, 'a'), ['192.168.56.11', 'fd00:56::11']);
  t.deepEqual(addresses(cluster, 'b'), ['192.168.56.101', 'fd00:56::101']);
  t.deepEqual(addresses(cluster, 'c'), ['192.168.56.12', 'fd00:56::12']);
});

test('a Node object keeps the addresses that it brings', (t) => {
  const cluster = new TestCluster({ ...dual, nodes: [{ name: 'a' }] });
  const node = (name: string, ...ips: readonly string[]) => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name },
    status: { addresses: ips.map((address) => ({ type: 'InternalIP', address })) },
  });
  cluster.apply(node('b', '192.168.56.40', 'fd00:56::12'), node('c', 'fd00:56::77'), node('d'));
  t.deepEqual(addresses(cluster, 'b'), ['192.168.56.40', 'fd00:56::12']);
  t.deepEqual(addresses(cluster, 'c'), ['192.168.56.12', 'fd00:56::77']);
  t.deepEqual(addresses(cluster, 'd'), ['192.168.56.13', 'fd00:56::13']);
});

test('a number that is taken or beyond the network: the lowest free address', (t) => {
  const underlay = { cidr: '10.0.0.0/8,fd00:56::/112' };
  const nodes = [
    { name: 'a', ip: '10.0.0.17' },
    { name: 'b', ip: '10.200.0.1' },
    { name: 'c', ip: '10.201.0.1' },
  ];
  const cluster = new TestCluster({ underlay, nodes, serviceClusterIPRange: '172.16.0.0/16' });
  t.deepEqual(
    ['a', 'b', 'c'].map((name) => addresses(cluster, name)[1]),
    ['fd00:56::17', 'fd00:56::b', 'fd00:56::c'],
  );
});

test('without an IPv6 underlay a node has IPv4 alone', (t) => {
  t.deepEqual(addresses(new TestCluster({ nodes: [{ name: 'a' }] }), 'a'), ['192.168.56.11']);
});
