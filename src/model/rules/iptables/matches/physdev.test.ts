import test from 'ava';
import { ask, plainNode, predictions, withRules } from '../../testing/ask.ts';

const fromBridge = '172.17.0.2 192.168.0.9:80 docker0';
const fromOutside = '192.168.0.9 172.17.0.2:80 eth0';
const dropsBridged = withRules('filter', '-A FORWARD -m physdev --physdev-is-in -m conntrack --ctstate NEW -j DROP');

test('a packet from a bridge is taken for one that came in by a port, and that is told', (t) => {
  t.deepEqual(predictions(dropsBridged, fromBridge), ['1 dropped 192.168.0.9:80 from 172.17.0.2']);
  t.true(ask(dropsBridged, fromBridge).assumed.some((text) => text.startsWith('docker0 is a bridge')));
  t.deepEqual(predictions(dropsBridged, fromOutside), ['1 delivered 172.17.0.2:80 from 192.168.0.9']);
});

test('without br_netfilter no packet has a port', (t) => {
  const off = dropsBridged.replace(
    plainNode,
    plainNode.replace('bridge-nf-call-iptables = 1', 'bridge-nf-call-iptables = 0'),
  );
  t.deepEqual(predictions(off, fromBridge), ['1 delivered 192.168.0.9:80 from 172.17.0.2']);
});

test('which port it was, nobody can tell', (t) => {
  const dump = withRules('filter', '-A FORWARD -m physdev --physdev-in veth1 -j DROP');
  const { paths } = ask(dump, fromBridge);
  t.true(paths.some(({ outcome }) => outcome === 'unknown'));
  t.deepEqual(predictions(dump, fromOutside), ['1 delivered 172.17.0.2:80 from 192.168.0.9']);
});
