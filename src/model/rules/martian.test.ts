import test from 'ava';
import { ask, plainNode, withRules } from './testing/ask.ts';

const empty = withRules('filter');

for (const [question, outcome] of [
  ['0.0.0.0 192.168.0.5:80 eth0', 'dropped'],
  ['0.1.2.3 192.168.0.5:80/udp eth0', 'dropped'],
  ['0.0.0.0 255.255.255.255:67/udp eth0', 'delivered'],
  ['224.0.0.9 192.168.0.5:80/udp eth0', 'dropped'],
  ['255.255.255.255 192.168.0.5:80/udp eth0', 'dropped'],
  ['192.168.0.9 0.0.0.0:80 eth0', 'dropped'],
  ['192.168.0.9 192.168.0.255:80 eth0', 'dropped'],
  ['192.168.0.9 192.168.0.255:80/udp eth0', 'delivered'],
  ['192.168.0.9 224.0.0.251:5353/udp eth0', 'dropped'],
  ['192.168.0.9 224.0.0.1:5353/udp eth0', 'delivered'],
  ['192.168.0.9 192.168.0.5:80 eth0', 'delivered'],
  ['192.168.0.5 192.168.0.255:80/udp', 'delivered'],
] as const) {
  test(`${question}: ${outcome}`, (t) => {
    t.is(ask(empty, question).predicted[0]?.outcome, outcome);
  });
}

test('what leaves from 127.0.0.1 needs route_localnet, which kube-proxy sets in mode iptables only', (t) => {
  const nat = '-A OUTPUT -d 10.96.0.1/32 -j DNAT --to-destination 172.17.0.2';
  const question = '127.0.0.1 10.96.0.1:80';
  const sent = ask(withRules('nat', nat), question);
  t.is(sent.predicted[0]?.outcome, 'delivered');
  t.regex(sent.assumed.join(' '), /route_localnet is 1/);
  t.is(
    ask(`${withRules('nat', nat)}net.ipv4.conf.all.route_localnet = 0\n`, question).predicted[0]?.outcome,
    'unreachable',
  );
  const nft = `### nft list ruleset\ntable ip kube-proxy {\n\tchain nat-output {\n\t\ttype nat hook output priority -100; policy accept;\n\t\tip daddr 10.96.0.1 dnat to 172.17.0.2\n\t}\n}\n${plainNode}`;
  t.is(ask(nft, question).predicted[0]?.outcome, 'unreachable');
});

test('a mark that is set in OUTPUT of the table filter comes too late for routing', (t) => {
  const policy =
    '### ip rule show\n0:	from all lookup local\n9:	from all fwmark 0x1 blackhole\n32766:	from all lookup main\n';
  const outcome = (table: string) =>
    ask(`${withRules(table, '-A OUTPUT -j MARK --set-xmark 0x1/0xffffffff')}${policy}`, '192.168.0.5 1.1.1.1:80')
      .predicted[0]?.outcome;
  t.is(outcome('filter'), 'delivered');
  t.is(outcome('nat'), 'delivered');
  t.is(outcome('mangle'), 'unreachable');
});

test('an interface that the dump does not name, and a sender that is not the node, are told', (t) => {
  t.regex(ask(empty, '1.2.3.4 192.168.0.5:80 eth7').assumed.join(' '), /no interface eth7/);
  t.regex(ask(empty, '1.2.3.4 192.168.0.5:80').assumed.join(' '), /1\.2\.3\.4 is no address of the node/);
  t.deepEqual(ask(empty, '1.2.3.4 192.168.0.5:80 eth0').assumed, []);
});
