import test from 'ava';
import fc from 'fast-check';
import type { ClusterView } from '../cluster/view.ts';
import { hostPort, parseCidr, parseIP } from '../net/address.ts';
import { connectionsToTry } from '../verify/connections.ts';
import { predict } from './predict.ts';
import { parseFrom, parseTo } from './target.ts';
import { makeEndpoint, makeNode, makePod, makeService, makeSlice, makeView } from './testing/lab.ts';

/** `outcome`, or `endpoint < source` with the probability in percent when it is not certain. */
function foretell(view: ClusterView, fromText: string, toText: string): string[] {
  const from = parseFrom(fromText, view);
  return predict(view, from, parseTo(toText, view, from)).predicted.map(
    ({ outcome, endpoint, source, probability }) => {
      const result = outcome === 'delivered' ? `${endpoint} < ${source}` : outcome;
      return probability === 1 ? result : `${Math.round(100 * probability)}% ${result}`;
    },
  );
}

const standard = makeView();
const both = (one: string, two: string) => [`50% 10.244.1.2:80 < ${one}`, `50% 10.244.2.2:80 < ${two}`];

const cases: readonly (readonly [about: string, from: string, to: string, expected: readonly string[]])[] = [
  ['Pod to itself on localhost', 'pod/httpd-0', 'localhost:80', ['127.0.0.1:80 < 127.0.0.1']],
  ['Pod to its own address', 'pod/httpd-0', '10.244.1.2:80', ['10.244.1.2:80 < 10.244.1.2']],
  ['Pod to a closed port of itself', 'pod/busybox', 'localhost:80', ['refused']],
  ['Pod to a Pod on the same node', 'pod/busybox', 'pod/httpd-0:80', ['10.244.1.2:80 < 10.244.1.7']],
  ['Pod to a Pod on another node', 'pod/busybox', 'pod/httpd-1:80', ['10.244.2.2:80 < 10.244.1.7']],
  ['node to its own Pod', 'node1', 'pod/httpd-0:80', ['10.244.1.2:80 < 10.244.1.1']],
  ['node to a Pod elsewhere', 'node1', 'pod/httpd-1:80', ['10.244.2.2:80 < 10.244.1.0']],
  ['outside to a Pod', 'client/laptop', 'pod/httpd-0:80', ['unreachable']],
  ['wrong port of a Pod', 'pod/busybox', 'pod/httpd-1:81', ['refused']],
  ['wrong protocol of a Pod', 'pod/busybox', 'udp://10.244.2.2:80', ['refused']],
  ['an address of the lease that no Pod has, same node', 'pod/busybox', 'tcp://10.244.1.200:80', ['unreachable']],
  ['an address of the lease that no Pod has, other node', 'node2', 'tcp://10.244.1.200:80', ['unreachable']],
  ['the Pod network, but no lease', 'pod/busybox', 'tcp://10.244.77.2:80', ['dropped']],
  ['the Pod network, but no lease, from outside', 'client/laptop', 'tcp://10.244.77.2:80', ['unreachable']],
  ['the underlay, but no node', 'pod/busybox', 'tcp://192.168.56.99:80', ['unreachable']],
  ['the underlay, but no node, from outside', 'client/laptop', 'tcp://192.168.56.99:80', ['unreachable']],
  ['the Internet', 'pod/busybox', 'ping://8.8.8.8', ['dropped']],
  ['the Internet from outside', 'client/laptop', 'ping://8.8.8.8', ['unreachable']],

  ['hostNetwork Pod from a Pod of its node', 'pod/busybox-2', 'node2:9000', ['192.168.56.12:9000 < 10.244.2.7']],
  ['hostNetwork Pod from a Pod of another node', 'pod/busybox', 'node2:9000', ['192.168.56.12:9000 < 192.168.56.11']],
  ['hostNetwork Pod from its node', 'node2', 'node2:9000', ['192.168.56.12:9000 < 192.168.56.12']],
  ['hostNetwork Pod from its node on localhost', 'node2', 'localhost:9000', ['127.0.0.1:9000 < 127.0.0.1']],
  ['hostNetwork Pod from another node', 'node1', 'node2:9000', ['192.168.56.12:9000 < 192.168.56.11']],
  ['hostNetwork Pod from outside', 'client/laptop', 'node2:9000', ['192.168.56.12:9000 < 203.0.113.10']],
  ['hostNetwork Pod as a client', 'pod/host-0', 'pod/httpd-0:80', ['10.244.1.2:80 < 10.244.2.0']],
  ['wrong port of a node', 'pod/busybox', 'node2:9001', ['refused']],
  ["a node's bridge address elsewhere", 'pod/busybox', 'ping://10.244.2.1', ['10.244.2.1 < 10.244.1.7']],

  ['ping to a Pod', 'pod/busybox', 'ping://10.244.2.2', ['10.244.2.2 < 10.244.1.7']],
  ['ping to a node', 'client/laptop', 'ping://node1', ['192.168.56.11 < 203.0.113.10']],
  ['ping to an outside client', 'pod/busybox', 'ping://client/laptop', ['203.0.113.10 < 192.168.56.11']],
  ['ping to the router', 'node1', 'ping://192.168.56.1', ['192.168.56.1 < 192.168.56.11']],
  ['ping to a ClusterIP', 'pod/busybox', 'ping://10.96.203.6', ['dropped']],
  ['ping to a ClusterIP from outside', 'client/laptop', 'ping://10.96.203.6', ['unreachable']],
  ['a port of an outside client', 'pod/busybox', 'tcp://203.0.113.10:80', ['refused']],

  ['Pod to a ClusterIP', 'pod/busybox', 'svc/httpd', both('10.244.1.7', '10.244.1.7')],
  ['hairpin: a Pod to its own Service', 'pod/httpd-0', 'svc/httpd', both('10.244.1.1', '10.244.1.2')],
  ['node to a ClusterIP', 'node1', 'svc/httpd', both('10.244.1.1', '10.244.1.0')],
  ['node without endpoints to a ClusterIP', 'node3', 'svc/httpd', both('10.244.3.0', '10.244.3.0')],
  ['outside to a ClusterIP', 'client/laptop', 'svc/httpd', ['unreachable']],
  ['wrong port of a ClusterIP', 'pod/busybox', 'svc/httpd:81', ['dropped']],
  ['ClusterIP from a node without proxy', 'master', 'svc/httpd', ['dropped']],
  ['ClusterIP from a Pod on a node without proxy', 'pod/busybox-m', 'svc/httpd', ['dropped']],
  ['ClusterIP without endpoints from a Pod', 'pod/busybox', 'svc/none', ['refused']],
  ['ClusterIP without endpoints from a node', 'node1', 'svc/none', ['refused']],
  ['ClusterIP to a hostNetwork Pod from a Pod', 'pod/busybox', 'svc/host', ['192.168.56.12:9000 < 192.168.56.11']],
  ['ClusterIP to a hostNetwork Pod from its node', 'node2', 'svc/host', ['192.168.56.12:9000 < 192.168.56.12']],
  ['ClusterIP to a hostNetwork Pod from another node', 'node1', 'svc/host', ['192.168.56.12:9000 < 192.168.56.11']],
  [
    'ClusterIP to a hostNetwork Pod from a Pod of its node',
    'pod/busybox-2',
    'svc/host',
    ['192.168.56.12:9000 < 10.244.2.7'],
  ],
  ['ClusterIP whose endpoint is outside the cluster', 'pod/busybox', 'svc/outside', ['refused']],
  ['internalTrafficPolicy Local with an endpoint here', 'pod/busybox', 'svc/internal', ['10.244.1.2:80 < 10.244.1.7']],
  ['internalTrafficPolicy Local without one here', 'node3', 'svc/internal', ['dropped']],

  ['NodePort from outside', 'client/laptop', 'node1:30080', both('10.244.1.1', '10.244.1.0')],
  ['NodePort from outside, node without endpoints', 'client/laptop', 'node3:30080', both('10.244.3.0', '10.244.3.0')],
  ["NodePort of a Pod's own node", 'pod/busybox', 'node1:30080', both('10.244.1.1', '10.244.1.0')],
  ['NodePort of another node', 'pod/busybox', 'node2:30080', both('10.244.2.0', '10.244.2.1')],
  ['NodePort of the node itself', 'node1', 'node1:30080', both('10.244.1.1', '10.244.1.0')],
  ['NodePort on 127.0.0.1', 'node1', 'localhost:30080', both('10.244.1.1', '10.244.1.0')],
  ['NodePort on 127.0.0.1 of a Pod', 'pod/busybox', 'localhost:30080', ['refused']],
  ["NodePort on the bridge's address", 'pod/busybox', '10.244.1.1:30080', both('10.244.1.1', '10.244.1.0')],
  ['NodePort of a node without proxy', 'client/laptop', 'master:30080', ['refused']],
  ['NodePort without endpoints', 'client/laptop', 'node1:30082', ['refused']],
  [
    'NodePort to a hostNetwork Pod of that node, from outside',
    'client/laptop',
    'node2:30084',
    ['192.168.56.12:9000 < 203.0.113.10'],
  ],
  [
    'NodePort to a hostNetwork Pod of another node',
    'client/laptop',
    'node1:30084',
    ['192.168.56.12:9000 < 192.168.56.11'],
  ],
  [
    'NodePort on 127.0.0.1 to a hostNetwork Pod of that node',
    'node2',
    'localhost:30084',
    ['192.168.56.12:9000 < 192.168.56.12'],
  ],
  ['NodePort, policy Local, endpoint there', 'client/laptop', 'node1:30081', ['10.244.1.2:80 < 203.0.113.10']],
  ['NodePort, policy Local, no endpoint there', 'client/laptop', 'node3:30081', ['dropped']],
  ['NodePort, policy Local, a Pod of that node', 'pod/busybox', 'node1:30081', both('10.244.1.7', '10.244.1.7')],
  ['NodePort, policy Local, a Pod of another node', 'pod/busybox', 'node2:30081', ['10.244.2.2:80 < 192.168.56.11']],
  ['NodePort, policy Local, the node itself', 'node3', 'node3:30081', both('10.244.3.0', '10.244.3.0')],
  ['NodePort, policy Local, 127.0.0.1', 'node3', 'localhost:30081', both('10.244.3.0', '10.244.3.0')],

  ['externalIP from outside', 'client/laptop', '80.11.12.10:8080', both('10.244.1.1', '10.244.1.0')],
  ['externalIP from a Pod', 'pod/busybox-2', '80.11.12.10:8080', both('10.244.2.0', '10.244.2.1')],
  ['externalIP from a node', 'node3', '80.11.12.10:8080', both('10.244.3.0', '10.244.3.0')],
  [
    'externalIP from a Pod on a node without proxy',
    'pod/busybox-m',
    '80.11.12.10:8080',
    both('10.244.1.1', '10.244.1.0'),
  ],
  ['externalIP without endpoints from outside', 'client/laptop', '80.11.12.22:80', ['refused']],
  ['externalIP without endpoints from a Pod', 'pod/busybox', '80.11.12.22:80', ['refused']],
  ['externalIP without endpoints from the node it is routed to', 'node1', '80.11.12.22:80', ['dropped']],
  ['externalIP without endpoints from another node', 'node2', '80.11.12.22:80', ['refused']],
  ['externalIP that nobody claims, from outside', 'client/laptop', 'tcp://80.11.12.99:80', ['dropped']],
  ['externalIP that nobody claims, from a Pod', 'pod/busybox-2', 'tcp://80.11.12.99:80', ['dropped']],
  ['externalIP that nobody claims, from its node', 'node1', 'tcp://80.11.12.99:80', ['dropped']],
  ['wrong port of an externalIP', 'client/laptop', 'tcp://80.11.12.10:81', ['dropped']],

  ['load balancer address from a Pod', 'pod/busybox', '172.6.6.25:80', both('10.244.1.1', '10.244.1.0')],
  ['load balancer address from a Pod that is not admitted', 'pod/busybox', '172.6.6.26:80', ['dropped']],
  ['load balancer address from a node that is not admitted', 'node1', '172.6.6.26:80', ['dropped']],
  ['load balancer address from a client that is not admitted', 'client/laptop', '172.6.6.26:80', ['dropped']],
  ['address of the pool that no Service has, from outside', 'client/laptop', '172.6.6.99:80', ['unreachable']],
  ['address of the pool that no Service has, from a node', 'node1', '172.6.6.99:80', ['dropped']],
  ['ranges do not bind the NodePort', 'client/laptop', 'node1:30086', both('10.244.1.1', '10.244.1.0')],
];

for (const [about, from, to, expected] of cases) {
  test(`${about}: ${from} → ${to}`, (t) => {
    t.deepEqual(foretell(standard, from, to), expected);
  });
}

const variants: readonly (readonly [string, ClusterView, string, string, readonly string[]])[] = [
  [
    'no clusterCIDR: a node keeps its address to a local Pod',
    makeView({ proxy: { clusterCIDR: '' } }),
    'node1',
    'svc/httpd',
    both('192.168.56.11', '10.244.1.0'),
  ],
  [
    'no clusterCIDR: hairpin is still masqueraded',
    makeView({ proxy: { clusterCIDR: '' } }),
    'pod/httpd-0',
    'svc/httpd',
    both('10.244.1.1', '10.244.1.2'),
  ],
  [
    'no clusterCIDR, policy Local: Pods are nothing special',
    makeView({ proxy: { clusterCIDR: '' } }),
    'pod/busybox',
    'node1:30081',
    ['10.244.1.2:80 < 10.244.1.7'],
  ],
  [
    'masqueradeAll',
    makeView({ proxy: { iptables: { masqueradeAll: true } } }),
    'pod/busybox',
    'svc/httpd',
    both('10.244.1.1', '10.244.1.0'),
  ],
  [
    'NodeCIDR',
    makeView({ proxy: { detectLocalMode: 'NodeCIDR' } }),
    'pod/busybox',
    'svc/httpd',
    both('10.244.1.7', '10.244.1.7'),
  ],
  [
    'BridgeInterface',
    makeView({ proxy: { detectLocalMode: 'BridgeInterface', detectLocal: { bridgeInterface: 'cni0' } } }),
    'pod/busybox',
    'svc/httpd',
    both('10.244.1.7', '10.244.1.7'),
  ],
  [
    'BridgeInterface of another name',
    makeView({ proxy: { detectLocalMode: 'BridgeInterface', detectLocal: { bridgeInterface: 'br0' } } }),
    'pod/busybox',
    'svc/httpd',
    both('10.244.1.1', '10.244.1.0'),
  ],
  [
    'InterfaceNamePrefix',
    makeView({ proxy: { detectLocalMode: 'InterfaceNamePrefix', detectLocal: { interfaceNamePrefix: 'veth' } } }),
    'pod/busybox',
    'svc/httpd',
    both('10.244.1.1', '10.244.1.0'),
  ],
  [
    'localhostNodePorts off',
    makeView({ proxy: { iptables: { localhostNodePorts: false } } }),
    'node1',
    'localhost:30080',
    ['refused'],
  ],
  [
    'nodePortAddresses elsewhere',
    makeView({ proxy: { nodePortAddresses: ['192.168.56.12/32'] } }),
    'client/laptop',
    'node1:30080',
    ['refused'],
  ],
  [
    'nodePortAddresses there',
    makeView({ proxy: { nodePortAddresses: ['192.168.56.12/32'] } }),
    'client/laptop',
    'node2:30080',
    both('10.244.2.0', '10.244.2.1'),
  ],
  [
    'nodePortAddresses without loopback',
    makeView({ proxy: { nodePortAddresses: ['192.168.56.0/24'] } }),
    'node1',
    'localhost:30080',
    ['refused'],
  ],
  [
    'nodePortAddresses primary',
    makeView({ proxy: { nodePortAddresses: ['primary'] } }),
    'pod/busybox',
    '10.244.1.1:30080',
    ['refused'],
  ],
  [
    'nftables: wrong port of a ClusterIP',
    makeView({ proxy: { mode: 'nftables' } }),
    'pod/busybox',
    'svc/httpd:81',
    ['refused'],
  ],
  [
    'nftables: ping to a ClusterIP',
    makeView({ proxy: { mode: 'nftables' } }),
    'pod/busybox',
    'ping://10.96.203.6',
    ['refused'],
  ],
  [
    'nftables: no NodePort on 127.0.0.1',
    makeView({ proxy: { mode: 'nftables' } }),
    'node1',
    'localhost:30080',
    ['refused'],
  ],
  [
    'nftables: externalIP without endpoints from its node',
    makeView({ proxy: { mode: 'nftables' } }),
    'node1',
    '80.11.12.22:80',
    ['refused'],
  ],
  [
    'release 1.20: an externalIP is not for the Pods of its node',
    makeView({ lab: { kubernetesRelease: '1.20' } }),
    'pod/busybox',
    '80.11.12.10:8080',
    ['dropped'],
  ],
  [
    'release 1.20: a Pod of another node reaches it through the outside',
    makeView({ lab: { kubernetesRelease: '1.20' } }),
    'pod/busybox-2',
    '80.11.12.10:8080',
    both('10.244.1.1', '10.244.1.0'),
  ],
  [
    'release 1.20 knows no internalTrafficPolicy',
    makeView({ lab: { kubernetesRelease: '1.20' } }),
    'pod/busybox',
    'svc/internal',
    both('10.244.1.7', '10.244.1.7'),
  ],
  [
    'flannel without masquerading: other nodes see the Pod',
    makeView({ flannel: { ...standard.flannel, ipMasq: false } }),
    'pod/busybox',
    'node2:9000',
    ['192.168.56.12:9000 < 10.244.1.7'],
  ],
  [
    'nodePortAddresses of the other family alone choose nothing',
    makeView({ proxy: { nodePortAddresses: ['fd00:56::/64'] } }),
    'client/laptop',
    'node1:30080',
    both('10.244.1.1', '10.244.1.0'),
  ],
  [
    'nodePortAddresses that name loopback: lo has one address of it',
    makeView({ proxy: { nodePortAddresses: ['127.0.0.0/8'] } }),
    'node1',
    'tcp://127.0.0.1:30080',
    both('10.244.1.1', '10.244.1.0'),
  ],
  [
    'nodePortAddresses that name loopback: not the rest of 127.0.0.0/8',
    makeView({ proxy: { nodePortAddresses: ['127.0.0.0/8'] } }),
    'node1',
    'tcp://127.0.0.2:30080',
    ['refused'],
  ],
  [
    'all of 127.0.0.0/8 without nodePortAddresses',
    standard,
    'node1',
    'tcp://127.0.0.2:30080',
    both('10.244.1.1', '10.244.1.0'),
  ],
  [
    'release 1.20 does not know localhostNodePorts',
    makeView({ lab: { kubernetesRelease: '1.20' }, proxy: { iptables: { localhostNodePorts: false } } }),
    'node1',
    'localhost:30080',
    both('10.244.1.1', '10.244.1.0'),
  ],
  [
    "flannel masquerades another node's Pod on its way to a third one",
    makeView(),
    'pod/busybox-2',
    'tcp://10.244.1.1:30081',
    both('10.244.2.7', '10.244.1.0'),
  ],
  [
    'flannel without masquerading: no answer from outside',
    makeView({ flannel: { ...standard.flannel, ipMasq: false } }),
    'pod/busybox',
    'ping://client/laptop',
    ['dropped'],
  ],
  [
    'host-gw: a node shows its own address',
    makeView({ flannel: { ...standard.flannel, backend: { type: 'host-gw' } } }),
    'node1',
    'pod/httpd-1:80',
    ['10.244.2.2:80 < 192.168.56.11'],
  ],
  [
    'host-gw: NodePort',
    makeView({ flannel: { ...standard.flannel, backend: { type: 'host-gw' } } }),
    'client/laptop',
    'node1:30080',
    both('10.244.1.1', '192.168.56.11'),
  ],
];

for (const [about, view, from, to, expected] of variants) {
  test(`${about}: ${from} → ${to}`, (t) => t.deepEqual(foretell(view, from, to), expected));
}

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

const randomLab = fc.record({
  endpoints: fc.array(
    fc.record({
      node: fc.integer({ min: 1, max: 3 }),
      host: fc.integer({ min: 2, max: 20 }),
      ready: fc.boolean(),
      serving: fc.boolean(),
      terminating: fc.boolean(),
      zone: fc.option(fc.constantFrom('a', 'b')),
    }),
    { maxLength: 6 },
  ),
  external: fc.constantFrom('Cluster' as const, 'Local' as const),
  internal: fc.constantFrom('Cluster' as const, 'Local' as const),
  clusterCIDR: fc.constantFrom('', '10.244.0.0/16'),
  masqueradeAll: fc.boolean(),
  release: fc.constantFrom('1.8' as const, '1.20' as const, '1.36' as const),
  mode: fc.constantFrom('iptables' as const, 'nftables' as const),
});

test('whatever the lab: probabilities sum to 1, and only endpoints of the Service answer', (t) => {
  fc.assert(
    fc.property(randomLab, (lab) => {
      const endpoints = lab.endpoints.map(({ node, host, zone, ...conditions }) =>
        makeEndpoint(`10.244.${node}.${host}`, `node${node}`, {
          conditions,
          ...(zone === null ? {} : { hints: { forZones: [{ name: zone }] } }),
        }),
      );
      const pods = [...new Set(lab.endpoints.map(({ node, host }) => `${node}.${host}`))].map((at) =>
        makePod(`web-${at}`, `node${at.split('.')[0]}`, `10.244.${at}`, 'httpd'),
      );
      const view = makeView({
        nodes: [1, 2, 3].map((n) =>
          makeNode(`node${n}`, n, { zone: n === 1 ? 'a' : 'b', podCIDRs: [parseCidr(`10.244.${n}.0/24`)] }),
        ),
        pods: [...pods, makePod('busybox', 'node1', '10.244.1.250', 'busybox')],
        services: [
          makeService('web', {
            type: 'NodePort',
            clusterIP: '10.96.0.10',
            ports: [{ port: 80, targetPort: 80, protocol: 'TCP', nodePort: 30080 }],
            externalIPs: ['80.11.12.10'],
            externalTrafficPolicy: lab.external,
            internalTrafficPolicy: lab.internal,
          }),
        ],
        slices: [makeSlice('web', 80, endpoints)],
        lab: { kubernetesRelease: lab.release },
        proxy: { clusterCIDR: lab.clusterCIDR, mode: lab.mode, iptables: { masqueradeAll: lab.masqueradeAll } },
      });
      const usable = new Set(
        endpoints
          .filter(({ conditions: c }) => c?.ready === true || (c?.serving === true && c.terminating === true))
          .map(({ addresses: [ip = ''] }) => hostPort(parseIP(ip), 80)),
      );
      for (const { from, to, about } of connectionsToTry(view, { to: 'svc/web' })) {
        if ('name' in to) continue;
        const { predicted, steps } = predict(view, from, to);
        const sum = predicted.reduce((all, { probability }) => all + probability, 0);
        if (Math.abs(sum - 1) > 1e-12) throw new Error(`${about}: probabilities sum to ${sum}`);
        if (steps.length === 0) throw new Error(`${about}: no steps`);
        for (const { outcome, endpoint = '', probability } of predicted) {
          if (probability <= 0) throw new Error(`${about}: probability ${probability}`);
          if (outcome === 'delivered' && !usable.has(endpoint))
            throw new Error(`${about}: ${endpoint} is no usable endpoint`);
        }
      }
    }),
    { numRuns: 150 },
  );
  t.pass();
});
