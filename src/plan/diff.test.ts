import test from 'ava';
import { type Mac, parseCidr, parseIP } from '../net/address.ts';
import type { DesiredLab, DesiredNetns } from './desired.ts';
import { diffLab, emptyNetns } from './diff.ts';
import { toText } from './text.ts';

const mac = '02:00:00:00:00:01' as Mac;

const fabric: DesiredNetns = {
  ...emptyNetns('fabric'),
  links: [
    { kind: 'bridge', name: 'underlay' },
    { kind: 'veth', name: 'node1', master: 'underlay', peer: { netns: 'node1', name: 'eth0' } },
  ],
};

const node: DesiredNetns = {
  ...emptyNetns('node1'),
  sysctls: [{ key: 'net.ipv4.ip_forward', value: '1' }],
  links: [
    { kind: 'veth', name: 'eth0', mac },
    { kind: 'vxlan', name: 'flannel.1', vni: 1, port: 8472, local: parseIP('192.168.56.11'), device: 'eth0' },
  ],
  addresses: [{ device: 'eth0', address: parseIP('192.168.56.11'), prefix: 24 }],
  routes: [{ to: parseCidr('0.0.0.0/0'), via: parseIP('192.168.56.1'), device: 'eth0' }],
  neighbours: [{ device: 'flannel.1', address: parseIP('10.244.2.0'), mac }],
  fdb: [{ device: 'flannel.1', mac, destination: parseIP('192.168.56.12') }],
};

const lab: DesiredLab = { namespaces: [fabric, node] };

function texts(before: DesiredLab | undefined, after: DesiredLab): string[] {
  return diffLab(before, after).flatMap((operation) => toText(operation).split('\n'));
}

test('a lab from nothing: namespaces, then links, then what hangs on them', (t) => {
  t.deepEqual(texts(undefined, lab), [
    'ip netns add fabric',
    'ip -n fabric link set dev lo up',
    'ip netns add node1',
    'ip -n node1 link set dev lo up',
    'ip -n fabric link add name underlay up type bridge',
    'ip -n fabric link add name node1 master underlay type veth peer name eth0 netns node1 address 02:00:00:00:00:01',
    'ip -n fabric link set dev node1 up',
    'ip netns exec node1 sysctl -qw net.ipv4.ip_forward=1',
    'ip -n node1 link set dev eth0 up',
    'ip -n node1 link add name flannel.1 up type vxlan id 1 local 192.168.56.11 dev eth0 dstport 8472 nolearning',
    'ip -n node1 address add 192.168.56.11/24 dev eth0',
    'ip -n node1 neighbour replace 10.244.2.0 lladdr 02:00:00:00:00:01 dev flannel.1 nud permanent',
    'bridge -n node1 fdb replace 02:00:00:00:00:01 dev flannel.1 dst 192.168.56.12 self permanent',
    'ip -n node1 route replace default via 192.168.56.1 dev eth0',
  ]);
});

test('equal states differ in nothing, whether or not they are the same object', (t) => {
  t.deepEqual(texts(lab, lab), []);
  t.deepEqual(texts(lab, structuredClone(lab)), []);
});

function withNode(change: Partial<DesiredNetns>): DesiredLab {
  return { namespaces: [fabric, { ...node, ...change }] };
}

const otherMac = '02:00:00:00:00:02' as Mac;

const changes: readonly (readonly [string, DesiredLab, readonly string[]])[] = [
  ['a route that goes', withNode({ routes: [] }), ['ip -n node1 route delete default via 192.168.56.1 dev eth0']],
  [
    'a route that leads elsewhere',
    withNode({ routes: [{ to: parseCidr('0.0.0.0/0'), via: parseIP('192.168.56.9'), device: 'eth0' }] }),
    ['ip -n node1 route replace default via 192.168.56.9 dev eth0'],
  ],
  [
    'a neighbour with another MAC',
    withNode({ neighbours: [{ device: 'flannel.1', address: parseIP('10.244.2.0'), mac: otherMac }] }),
    ['ip -n node1 neighbour replace 10.244.2.0 lladdr 02:00:00:00:00:02 dev flannel.1 nud permanent'],
  ],
  [
    'a link that gets another MAC',
    withNode({ links: node.links.map((link) => (link.name === 'eth0' ? { ...link, mac: otherMac } : link)) }),
    ['ip -n node1 link set dev eth0 address 02:00:00:00:00:02'],
  ],
  [
    'a link that must be made anew takes along what hangs on it',
    withNode({ links: node.links.map((link) => (link.kind === 'vxlan' ? { ...link, vni: 7 } : link)) }),
    [
      'ip -n node1 link delete dev flannel.1',
      'ip -n node1 link add name flannel.1 up type vxlan id 7 local 192.168.56.11 dev eth0 dstport 8472 nolearning',
      'ip -n node1 neighbour replace 10.244.2.0 lladdr 02:00:00:00:00:01 dev flannel.1 nud permanent',
      'bridge -n node1 fdb replace 02:00:00:00:00:01 dev flannel.1 dst 192.168.56.12 self permanent',
    ],
  ],
  [
    'a node that leaves',
    { namespaces: [{ ...fabric, links: fabric.links.slice(0, 1) }] },
    ['ip -n fabric link delete dev node1', 'ip netns delete node1'],
  ],
];

for (const [title, after, expected] of changes) {
  test(title, (t) => {
    t.deepEqual(texts(lab, after), expected);
  });
}

test('a bridge port gets its hairpin mode after it has its bridge', (t) => {
  const port = { kind: 'veth', name: 'v', master: 'cni0', peer: { netns: 'pod', name: 'eth0' } } as const;
  const bridge = { kind: 'bridge', name: 'cni0' } as const;
  const state = (links: DesiredNetns['links']): DesiredLab => ({ namespaces: [{ ...emptyNetns('n'), links }] });
  t.deepEqual(texts(state([bridge, { ...port, hairpin: true }]), state([bridge, port])), [
    'ip -n n link set dev v type bridge_slave hairpin off',
  ]);
  const { master: _, ...loose } = port;
  t.deepEqual(texts(state([bridge, loose]), state([bridge, { ...port, hairpin: true }])), [
    'ip -n n link set dev v master cni0',
    'ip -n n link set dev v type bridge_slave hairpin on',
  ]);
});
