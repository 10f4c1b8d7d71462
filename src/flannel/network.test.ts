import test from 'ava';
import type { ClusterView, FlannelConfig, NodeView } from '../cluster/view.ts';
import { type IP, type IPv4, type Mac, parseCidr } from '../net/address.ts';
import { parseNetConf } from './netconf.ts';
import { cniParts, flannelNetwork } from './network.ts';
import { networkView } from './testing/view.ts';
import { vtepMac } from './vtep-mac.ts';

function nodeView(
  number: number,
  podCIDRs: readonly string[] = [`10.244.${number}.0/24`, `fd00:10:244:${number}::/64`],
): NodeView {
  return {
    name: `node${number}`,
    ip: `192.168.56.1${number}` as IPv4,
    ipv6: `fd00:56::1${number}` as IP,
    mac: `02:00:00:00:56:1${number}` as Mac,
    labels: {},
    podCIDRs: podCIDRs.map(parseCidr),
    vtepMac: `aa:00:00:00:00:0${number}` as Mac,
    vtepMacV6: `ae:00:00:00:00:0${number}` as Mac,
    kubeProxy: true,
  };
}

function viewOf(
  backend: object,
  more: object = {},
  nodes: readonly NodeView[] = [nodeView(1), nodeView(2)],
  mtu = 1500,
): ClusterView {
  const flannel: FlannelConfig = parseNetConf(JSON.stringify({ Network: '10.244.0.0/16', Backend: backend, ...more }));
  return networkView(flannel, nodes, { bridge: 'docker0', mtu });
}

const dualStack = { EnableIPv6: true, IPv6Network: 'fd00:10:244::/56' };

test('DirectRouting goes through the underlay, and the device stays', (t) => {
  const made = flannelNetwork(viewOf({ Type: 'vxlan', DirectRouting: true }, dualStack), nodeView(1));
  t.deepEqual(
    made.routes.map(({ to, via, device, onlink }) => [to, via, device, onlink].join(' ')),
    ['10.244.2.0/24 192.168.56.12 eth0 ', 'fd00:10:244:2::/64 fd00:56::12 eth0 '],
  );
  t.deepEqual([made.neighbours, made.fdb], [[], []]);
  t.deepEqual(
    made.links.map((link) => link.name),
    ['flannel.1', 'flannel-v6.1'],
  );
});

test('options of the vxlan device', (t) => {
  const backend = { Type: 'vxlan', VNI: 42, Port: 4789, Learning: true, GBP: true };
  const [link] = flannelNetwork(viewOf(backend), nodeView(1)).links;
  t.deepEqual(link, {
    kind: 'vxlan',
    name: 'flannel.42',
    mtu: 1450,
    mac: 'aa:00:00:00:00:01' as Mac,
    vni: 42,
    port: 4789,
    local: '192.168.56.11' as IPv4,
    device: 'eth0',
    learning: true,
    gbp: true,
  });
});

const mtus = [
  { underlay: 1500, option: undefined, reported: 1450, v4: 1450, v6: 1430 },
  { underlay: 9000, option: undefined, reported: 8950, v4: 8950, v6: 8930 },
  { underlay: 1500, option: 1400, reported: 1350, v4: 1350, v6: 1350 },
  { underlay: 1500, option: 9000, reported: 8950, v4: 1450, v6: 1430 },
];

for (const { underlay, option, reported, v4, v6 } of mtus) {
  test(`MTU ${option ?? 'not given'} on an underlay of ${underlay}`, (t) => {
    const backend = option === undefined ? { Type: 'vxlan' } : { Type: 'vxlan', MTU: option };
    const made = flannelNetwork(viewOf(backend, dualStack, [nodeView(1)], underlay), nodeView(1));
    t.is(made.mtu, reported);
    t.deepEqual(
      made.links.map((link) => link.mtu),
      [v4, v6],
    );
    t.true(made.files[0]?.content.includes(`FLANNEL_MTU=${reported}\n`));
  });
}

test('a node without a lease has nothing, and the others know nothing of it', (t) => {
  const late = nodeView(3, []);
  for (const type of ['vxlan', 'host-gw']) {
    const view = viewOf({ Type: type }, {}, [nodeView(1), nodeView(2), late]);
    const { mtu, ...made } = flannelNetwork(view, late);
    t.true(mtu > 0);
    t.true(Object.values(made).every((list) => list.length === 0));
    t.deepEqual(cniParts(view, late), { links: [], addresses: [] });
    t.deepEqual(
      flannelNetwork(view, nodeView(1)).routes.map((route) => route.to),
      [parseCidr('10.244.2.0/24')],
    );
  }
});

test('the bridge of the Pods has the name that the lab says, FLANNEL_MTU and the first address', (t) => {
  const parts = cniParts(viewOf({ Type: 'vxlan' }, dualStack), nodeView(1));
  t.deepEqual(
    parts.links.map(({ kind, name, mtu }) => ({ kind, name, mtu })),
    [{ kind: 'bridge', name: 'docker0', mtu: 1450 }],
  );
  t.deepEqual(
    parts.addresses.map(({ device, address, prefix }) => `${address}/${prefix} ${device}`),
    ['10.244.1.1/24 docker0', 'fd00:10:244:1::1/64 docker0'],
  );
  t.is(cniParts(viewOf({ Type: 'host-gw' }), nodeView(1)).links[0]?.mtu, 1500);
});

test('MACs are locally administered unicast, the same for the same names only', (t) => {
  const macs = Array.from({ length: 200 }, (_, index) => vtepMac('demo', `node${index}`));
  for (const mac of macs) t.regex(mac, /^[0-9a-f][26ae](:[0-9a-f]{2}){5}$/);
  t.is(new Set([...macs, vtepMac('other', 'node1'), vtepMac('demo', 'node1', 'ipv6')]).size, 202);
  t.is(vtepMac('demo', 'node1'), vtepMac('demo', 'node1'));
});
