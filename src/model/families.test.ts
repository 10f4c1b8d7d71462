import test from 'ava';
import type { ClusterView } from '../cluster/view.ts';
import { type IP, type IPv6, type Mac, parseCidr, parseIP } from '../net/address.ts';
import { predict } from './predict.ts';
import { parseFrom, parseTo } from './target.ts';
import { makeEndpoint, makePod, makeService, makeSlice, makeView } from './testing/lab.ts';

/* What kernels were seen to do with connections of IPv6 (scenarios/dual-stack.rootless.kernel.test.ts asks them again). */

function withIPv6(changes: Parameters<typeof makeView>[0] = {}): ClusterView {
  const base = makeView();
  const dualPod = (name: string, node: string, n: number, id: number) => {
    const pod = makePod(name, node, `10.244.${n}.${id}`, 'httpd');
    const podIPs = [{ ip: `10.244.${n}.${id}` }, { ip: `fd00:10:244:${n}::${id}` }];
    return { ...pod, status: { ...pod.status, podIPs } };
  };
  const service = (name: string, id: number, more: object, ingress?: string) =>
    makeService(
      name,
      { clusterIP: `fd00:10:96::${id}`, ports: [{ port: 80, targetPort: 80, protocol: 'TCP' }], ...more },
      ingress,
    );
  const ports = (nodePort: number) => [{ port: 80, targetPort: 80, protocol: 'TCP' as const, nodePort }];
  const slice = (name: string, ...endpoints: readonly (readonly [ip: string, node: string])[]) => ({
    ...makeSlice(
      name,
      80,
      endpoints.map(([ip, node]) => makeEndpoint(ip, node)),
    ),
    addressType: 'IPv6' as const,
  });
  return makeView({
    flannel: {
      ...base.flannel,
      ipv6: {
        network: parseCidr('fd00:10:244::/56'),
        subnetLen: 64,
        subnetMin: 'fd00:10:244:1::' as IPv6,
        subnetMax: 'fd00:10:244:ff::' as IPv6,
      },
    },
    nodes: base.nodes.map((node, i) => {
      const n = node.name === 'master' ? 9 : i;
      const ipv6 = parseIP(`fd00:56::1${n}`);
      const podCIDRs = [...node.podCIDRs, parseCidr(`fd00:10:244:${n}::/64`)];
      return { ...node, ipv6, podCIDRs, vtepMacV6: `02:00:00:00:46:0${n}` as Mac };
    }),
    pods: [dualPod('near', 'node1', 1, 2), dualPod('far', 'node2', 2, 2), dualPod('alone', 'node1', 1, 9)],
    services: [
      service('web', 1, { type: 'NodePort', ports: ports(30080), externalIPs: ['2001:db8:80::1'] }),
      service('local', 2, { type: 'NodePort', ports: ports(30081), externalTrafficPolicy: 'Local' }),
      service('none', 3, { type: 'NodePort', ports: ports(30082) }),
      service('lb', 4, { type: 'LoadBalancer', externalTrafficPolicy: 'Local' }, '2001:db8:6::1'),
      service('self', 5, {}),
    ],
    slices: [
      slice('web', ['fd00:10:244:2::2', 'node2']),
      slice('local', ['fd00:10:244:2::2', 'node2']),
      slice('lb', ['fd00:10:244:2::2', 'node2']),
      slice('self', ['fd00:10:244:1::2', 'node1']),
    ],
    ...changes,
    lab: {
      underlay: { cidr: '192.168.56.0/24,fd00:56::/64', mtu: 1500 },
      clients: [
        { name: 'laptop', ip: '203.0.113.10', ips: ['203.0.113.10', '2001:db8::10'] },
        { name: 'old', ip: '203.0.113.11' },
      ],
      externalIPs: [{ cidr: '2001:db8:80::/64', via: 'node1' }],
      loadBalancerPool: '172.6.6.0/24,2001:db8:6::/112',
      ...changes.lab,
    },
    proxy: { clusterCIDR: '10.244.0.0/16,fd00:10:244::/56', ...changes.proxy },
  });
}

const modern = withIPv6();
const nftables = withIPv6({ proxy: { mode: 'nftables' } });
const older = withIPv6({ lab: { kubernetesRelease: '1.20' } });

function outcome(view: ClusterView, from: string, to: string): string {
  const sender = parseFrom(from, view);
  const { predicted } = predict(view, sender, parseTo(to, view, sender));
  return predicted.map(({ outcome, source }) => [outcome, ...(source === undefined ? [] : [source])].join(' ')).join();
}

const near = 'fd00:10:244:1::2' as IP;
const far = 'fd00:10:244:2::2' as IP;

for (const [name, from, to, expected, view = modern] of [
  ['a Pod to a Pod on another node', 'pod/near', `[${far}]:80`, `delivered ${near}`],
  ['a node to its own Pod: the bridge', 'node1', `[${near}]:80`, 'delivered fd00:10:244:1::1'],
  ['a node to a Pod elsewhere: the VXLAN device', 'node1', `[${far}]:80`, 'delivered fd00:10:244:1::'],
  ['an outside client to a Pod', 'client/laptop', `[${far}]:80`, 'unreachable'],
  ['a Pod keeps its address to a ClusterIP', 'pod/near', '[fd00:10:96::1]:80', `delivered ${near}`],
  ['a node to a ClusterIP: masqueraded on the way out', 'node1', '[fd00:10:96::1]:80', 'delivered fd00:10:244:1::'],
  ['hairpin', 'pod/near', '[fd00:10:96::5]:80', 'delivered fd00:10:244:1::1'],
  ['a nodePort from outside', 'client/laptop', '[fd00:56::11]:30080', 'delivered fd00:10:244:1::'],
  ['a nodePort where the endpoint is', 'client/laptop', '[fd00:56::12]:30080', 'delivered fd00:10:244:2::1'],
  ['policy Local keeps the address', 'client/laptop', '[fd00:56::12]:30081', 'delivered 2001:db8::10'],
  ['policy Local without an endpoint there', 'client/laptop', '[fd00:56::11]:30081', 'dropped'],
  ['no endpoint', 'client/laptop', '[fd00:56::11]:30082', 'refused'],
  ['an external address', 'client/laptop', '[2001:db8:80::1]:80', 'delivered fd00:10:244:1::'],
  ['an external address that nobody has', 'client/laptop', '[2001:db8:80::9]:80', 'dropped'],
  ['a load balancer', 'client/laptop', '[2001:db8:6::1]:80', 'delivered 2001:db8::10'],
  ['a client without IPv6', 'client/old', '[fd00:56::11]:30080', 'unreachable'],
  ['its loopback has no IPv6 either', 'client/old', 'tcp://[::1]:80', 'unreachable'],
  ['flannel masquerades Pods on their way out', 'pod/near', 'ping://2001:db8::10', 'delivered fd00:56::11'],
  ['the router', 'pod/near', 'ping://fd00:56::1', 'delivered fd00:56::11'],
  ['nobody on the underlay', 'node1', '[fd00:56::99]:80', 'unreachable'],
  ['nowhere', 'client/laptop', '[2001:db8:99::1]:80', 'unreachable'],
  ['nowhere, from inside', 'pod/near', '[2001:db8:99::1]:80', 'dropped'],
  ["a Pod's own localhost", 'pod/near', '[::1]:80', 'delivered ::1'],
  ['no nodePort at ::1', 'node1', '[::1]:30080', 'refused'],
  ['at ::1 a Service without endpoints here is still checked', 'node1', '[::1]:30081', 'dropped'],
  ['but not where it has them', 'node2', '[::1]:30081', 'refused'],
  ['nftables: no nodePort at ::1', 'node1', '[::1]:30080', 'refused', nftables],
  ['nftables checks served addresses only', 'node1', '[::1]:30081', 'refused', nftables],
  ['1.20 lets ::1 through, and the answer is lost', 'node1', '[::1]:30080', 'dropped', older],
  ['1.20: policy Local as well', 'node2', '[::1]:30081', 'dropped', older],
  ['1.20: refused without endpoints', 'node1', '[::1]:30082', 'refused', older],
] as const) {
  test(name, (t) => t.is(outcome(view, from, to), expected));
}

test('1.20: from ::1 to an endpoint on the node itself', (t) => {
  const host = { ...makePod('host', 'node1', '192.168.56.11', 'example/app', true, 80) };
  const pod = { ...host, status: { ...host.status, podIPs: [{ ip: '192.168.56.11' }, { ip: 'fd00:56::11' }] } };
  const slices = [{ ...makeSlice('web', 80, [makeEndpoint('fd00:56::11', 'node1')]), addressType: 'IPv6' as const }];
  const view = withIPv6({ lab: { kubernetesRelease: '1.20' }, pods: [pod], slices });
  t.is(outcome(view, 'node1', 'http://[::1]:30080'), 'delivered fd00:56::11');
});
