import test from 'ava';
import { type Mac, parseCidr, parseIP } from '../../net/address.ts';
import type { DesiredRoute, DesiredRule } from '../../plan/desired.ts';
import { routeKey, routeValue, ruleKey } from '../../plan/keys.ts';
import { fillAddress, readAddress } from './address.ts';
import { fillNewLink, readLink } from './link.ts';
import { MessageWriter, readAttributes, readIP, readMessages, readText } from './message.ts';
import { fillFdb, fillNeighbour, readNeighbour } from './neighbour.ts';
import { fillRoute, readRoute } from './route.ts';
import { fillRule, readRule } from './rule.ts';

const names = ['', 'lo', 'eth0', 'flannel.1', 'cni0'];
const index = (name: string) => names.indexOf(name);
const name = (at: number) => names[at] ?? '';

/** What the kernel would send back: the message that was written, as received. */
function roundTrip(fill: (writer: MessageWriter) => void) {
  const writer = new MessageWriter().begin(1, 0, 7);
  fill(writer);
  writer.finish();
  const [message] = readMessages(Buffer.from(writer.take()));
  if (message === undefined) throw new Error('nothing was written');
  return message;
}

const routes: readonly DesiredRoute[] = [
  { to: parseCidr('0.0.0.0/0'), via: parseIP('192.168.56.1'), device: 'eth0' },
  { to: parseCidr('10.244.2.0/24'), via: parseIP('10.244.2.0'), device: 'flannel.1', onlink: true },
  { to: parseCidr('10.244.1.0/24'), device: 'cni0', source: parseIP('10.244.1.1') },
  { to: parseCidr('10.9.0.0/16'), kind: 'blackhole', table: 1000 },
  { to: parseCidr('fd00::/64'), via: parseIP('fd00:1::1'), device: 'eth0', metric: 512 },
  {
    to: parseCidr('172.6.6.1/32'),
    nexthops: [
      { via: parseIP('192.168.56.12'), device: 'eth0' },
      { via: parseIP('192.168.56.13'), device: 'cni0' },
    ],
  },
];

for (const route of routes) {
  test(`route ${route.to} is written and read back`, (t) => {
    const read = readRoute(
      roundTrip((writer) => fillRoute(writer, route, index)),
      name,
    );
    t.truthy(read);
    if (read === undefined) return;
    t.is(routeKey(read), routeKey(route));
    t.is(routeValue(read), routeValue(route));
  });
}

const rules: readonly DesiredRule[] = [
  { family: 'ipv4', priority: 100, inputDevice: 'underlay', action: { table: 254 } },
  { family: 'ipv4', priority: 7, from: parseCidr('10.0.0.0/8'), to: parseCidr('172.16.0.0/12'), action: 'blackhole' },
  { family: 'ipv6', priority: 8, action: { table: 4000 } },
];

for (const rule of rules) {
  test(`rule of priority ${rule.priority} is written and read back`, (t) => {
    const read = readRule(roundTrip((writer) => fillRule(writer, rule)));
    t.is(read === undefined ? '' : ruleKey(read), ruleKey(rule));
  });
}

test('addresses, neighbours and forwarding entries are written and read back', (t) => {
  const mac = '0a:58:0a:f4:01:02' as Mac;
  const address = { device: 'cni0', address: parseIP('10.244.1.1'), prefix: 24 };
  t.deepEqual(readAddress(roundTrip((writer) => fillAddress(writer, address, index))), {
    index: 4,
    address: address.address,
    prefix: 24,
  });
  const neighbour = { device: 'flannel.1', address: parseIP('fd00::2'), mac };
  t.deepEqual(readNeighbour(roundTrip((writer) => fillNeighbour(writer, neighbour, index))), {
    index: 3,
    address: neighbour.address,
    mac,
  });
  const entry = { device: 'flannel.1', mac, destination: parseIP('192.168.56.12') };
  t.deepEqual(readNeighbour(roundTrip((writer) => fillFdb(writer, entry, index))), {
    index: 3,
    address: entry.destination,
    mac,
  });
});

test('a VXLAN link is written as the kernel describes it', (t) => {
  const link = {
    kind: 'vxlan',
    name: 'flannel.1',
    mtu: 1450,
    vni: 1,
    port: 8472,
    local: parseIP('192.168.56.11'),
    device: 'eth0',
  } as const;
  const read = readLink(roundTrip((writer) => fillNewLink(writer, link, { index })));
  t.like(read, { name: 'flannel.1', mtu: 1450, kind: 'vxlan', up: true, master: 0 });
  t.deepEqual(read.vxlan, { vni: 1, port: 8472, local: link.local, learning: false, deviceIndex: 2 });
});

test('a link of a veth pair is not set up before its pair is complete', (t) => {
  const link = { kind: 'veth', name: 'v', master: 'cni0' } as const;
  t.like(readLink(roundTrip((writer) => fillNewLink(writer, link, { index }))), { up: false, master: 4, kind: 'veth' });
});

test('attributes keep to four bytes, nest, and grow beyond the first buffer', (t) => {
  const text = 'x'.repeat(9001);
  const message = roundTrip((writer) =>
    writer
      .text(1, 'abc')
      .nest(2, (inner) => inner.u32(3, 7).text(4, text))
      .u8(5, 9),
  );
  const attributes = readAttributes(message.body);
  t.is(readText(attributes.get(1) ?? Buffer.alloc(0)), 'abc');
  const nested = readAttributes(attributes.get(2) ?? Buffer.alloc(0));
  t.is(nested.get(3)?.readUInt32LE(), 7);
  t.is(readText(nested.get(4) ?? Buffer.alloc(0)), text);
  t.is(attributes.get(5)?.[0], 9);
  t.is(readIP(Buffer.from([10, 0, 0, 1])) as string, '10.0.0.1');
});

test('damaged messages end the reading', (t) => {
  t.deepEqual([...readMessages(Buffer.from([1, 2, 3]))], []);
  const endless = Buffer.alloc(16);
  endless.writeUInt32LE(4, 0);
  t.deepEqual([...readMessages(endless)], []);
  t.is(readAttributes(Buffer.from([2, 0, 1, 0])).size, 0);
});
