import test from 'ava';
import type { LabError } from '../../../errors.ts';
import { parseNode } from '../node.ts';
import { ask, predictions } from '../testing/ask.ts';

const rules = '### iptables-save\n*filter\nCOMMIT\n### ip6tables-save\n*filter\nCOMMIT\n';
const addresses = `### ip -br addr
lo               UNKNOWN        127.0.0.1/8 ::1/128
eth0@if7         UP             192.168.0.5/24 fd00::5/64 fe80::1/64
eth1             UP             10.0.0.5/8
`;

function node(routes: string, ...more: readonly string[]): string {
  return `${rules}${addresses}### ip route show table all\n${routes}\n${more.join('\n')}\n`;
}

const main = 'default via 192.168.0.1 dev eth0\n192.168.0.0/24 dev eth0 proto kernel scope link src 192.168.0.5';

function ways(dump: string, question: string): string[] {
  return ask(dump, question).paths.map(({ why }) => why);
}

test('the longest prefix, then the least metric', (t) => {
  const routes = `${main}\n1.0.0.0/8 dev eth1 metric 50\n1.0.0.0/8 dev eth0 metric 100\n1.2.0.0/16 via 192.168.0.9 dev eth0`;
  t.deepEqual(ways(node(routes), '192.168.0.5 1.1.1.1:80'), ['it leaves by eth1']);
  t.deepEqual(ways(node(routes), '192.168.0.5 1.2.1.1:80'), ['it leaves by eth0 to 192.168.0.9']);
  t.deepEqual(ways(node(routes), '192.168.0.5 2.2.1.1:80'), ['it leaves by eth0 to 192.168.0.1']);
});

for (const [route, own, forwarded] of [
  ['blackhole 1.0.0.0/8', 'unreachable', 'dropped'],
  ['unreachable 1.0.0.0/8 dev lo metric 1', 'unreachable', 'unreachable'],
  ['prohibit 1.0.0.0/8', 'unreachable', 'unreachable'],
  ['throw 1.0.0.0/8', 'delivered', 'delivered'],
] as const) {
  test(`${route}`, (t) => {
    const dump = node(`${main}\n${route}`);
    t.is(ask(dump, '192.168.0.5 1.1.1.1:80').predicted[0]?.outcome, own === 'delivered' ? 'unreachable' : own);
    t.is(
      ask(dump, '10.0.0.9 1.1.1.1:80 eth1').predicted[0]?.outcome,
      forwarded === 'delivered' ? 'unreachable' : forwarded,
    );
  });
}

test('throw goes on with the next table', (t) => {
  const routes = `${main}\nthrow 1.0.0.0/8 table 100\ndefault dev eth1 table 100`;
  const policy = '### ip rule\n0: from all lookup local\n50: from all lookup 100\n32766: from all lookup main';
  t.deepEqual(ways(node(routes, policy), '192.168.0.5 1.1.1.1:80'), ['it leaves by eth0 to 192.168.0.1']);
  t.deepEqual(ways(node(routes, policy), '192.168.0.5 2.1.1.1:80'), ['it leaves by eth1']);
});

test('no route', (t) => {
  t.deepEqual(predictions(node(main.split('\n')[1] ?? ''), '192.168.0.5 1.1.1.1:80'), [
    '1 unreachable 1.1.1.1:80 from 192.168.0.5',
  ]);
});

test('several next hops share by weight', (t) => {
  const routes = `192.168.0.0/24 dev eth0 scope link src 192.168.0.5\ndefault proto static\n\tnexthop via 192.168.0.1 dev eth0 weight 1\n\tnexthop via 10.0.0.1 dev eth1 weight 3`;
  const { paths } = ask(node(routes), '192.168.0.5 1.1.1.1:80');
  t.deepEqual(
    paths.map(({ share, why }) => [Number(share.numerator), Number(share.denominator), why]),
    [
      [1, 4, 'it leaves by eth0 to 192.168.0.1'],
      [3, 4, 'it leaves by eth1 to 10.0.0.1'],
    ],
  );
  const joined =
    'default proto static \\\tnexthop via 192.168.0.1 dev eth0 weight 1 \\\tnexthop via 10.0.0.1 dev eth1 weight 1';
  t.is(ask(node(joined), '192.168.0.5 1.1.1.1:80').paths.length, 2);
});

test('rules by sender, mark, interface and negation', (t) => {
  const routes = `${main}\ndefault via 10.0.0.1 dev eth1 table 100`;
  const policies = [
    ['100: from 192.168.0.64/26 lookup 100', '192.168.0.70 1.1.1.1:80 eth0', true],
    ['100: from 192.168.0.64/26 lookup 100', '192.168.0.7 1.1.1.1:80 eth0', false],
    ['100: from all iif eth0 lookup 100', '192.168.0.7 1.1.1.1:80 eth0', true],
    ['100: from all iif lo lookup 100', '192.168.0.5 1.1.1.1:80', true],
    ['100: from all iif lo lookup 100', '192.168.0.7 1.1.1.1:80 eth0', false],
    ['100: not from all fwmark 0x1/0x1 lookup 100', '192.168.0.5 1.1.1.1:80', true],
    ['100: from all fwmark 0x1/0x1 lookup 100', '192.168.0.5 1.1.1.1:80', false],
    ['100: from all to 1.1.1.0/24 ipproto tcp dport 80 lookup 100', '192.168.0.5 1.1.1.1:80', true],
    ['100: from all to 1.1.1.0/24 ipproto tcp dport 80 lookup 100', '192.168.0.5 1.1.1.1:81', false],
    ['100: from all lookup 100 suppress_prefixlength 0', '192.168.0.5 1.1.1.1:80', false],
    ['100: from all goto 32766', '192.168.0.5 1.1.1.1:80', false],
  ] as const;
  for (const [policy, question, other] of policies) {
    const dump = node(routes, `### ip rule\n0:	from all lookup local\n${policy}\n32766:	from all lookup main`);
    t.deepEqual(
      ways(dump, question),
      [other ? 'it leaves by eth1 to 10.0.0.1' : 'it leaves by eth0 to 192.168.0.1'],
      policy,
    );
  }
});

test('a mark of OUTPUT routes anew, and MASQUERADE takes the address of the way out', (t) => {
  const dump = node(
    `${main}\ndefault via 10.0.0.1 dev eth1 table 100`,
    '### ip rule\n0:	from all lookup local\n100:	from all fwmark 0x1 lookup 100\n32766:	from all lookup main',
  ).replace(
    '*filter\nCOMMIT',
    '*mangle\n-A OUTPUT -d 1.1.1.1/32 -j MARK --set-xmark 0x1/0xffffffff\nCOMMIT\n*nat\n-A POSTROUTING -j MASQUERADE\nCOMMIT',
  );
  t.deepEqual(predictions(dump, '192.168.0.5 1.1.1.1:80'), ['1 delivered 1.1.1.1:80 from 10.0.0.5']);
  t.deepEqual(predictions(dump, '192.168.0.5 1.1.1.2:80'), ['1 delivered 1.1.1.2:80 from 192.168.0.5']);
});

test('IPv6', (t) => {
  const routes = `fd00::/64 dev eth0 proto kernel metric 256 pref medium\ndefault via fd00::1 dev eth0 metric 1024 pref medium\nlocal fd00::5 dev eth0 table local proto kernel metric 0 pref medium`;
  t.deepEqual(ways(node(routes), 'fd00::5 2001:db8::1:80'.replace('2001:db8::1:80', '[2001:db8::1]:80')), [
    'it leaves by eth0 to fd00::1',
  ]);
  t.deepEqual(predictions(node(routes), 'fd00::9 [fd00::5]:80/udp eth0'), ['1 delivered [fd00::5]:80 from fd00::9']);
});

test('what is missing is made of what is there, and told', (t) => {
  const known = ask(`${rules}${addresses}`, '192.168.0.9 192.168.0.5:80 eth0');
  t.is(known.predicted[0]?.endpoint, '192.168.0.5:80');
  t.true(known.paths[0]?.local);
  t.deepEqual(ways(`${rules}${addresses}`, '192.168.0.5 10.1.1.1:80'), ['it leaves by eth1']);
  const bare = ask(rules, '192.168.0.5 192.168.0.5:30007');
  t.true(bare.paths[0]?.local);
  t.regex(bare.assumed.join(' '), /addresses of the node/);
  t.regex(ask(rules, '192.168.0.5 1.1.1.1:80').assumed.join(' '), /no routes/);
});

test('sysctls: forwarding, reverse paths, martians', (t) => {
  const dump = (...lines: readonly string[]) =>
    node(`${main}\n10.0.0.0/8 dev eth1 src 10.0.0.5`, '### sysctl -a', ...lines);
  const through = '10.0.0.9 1.1.1.1:80 eth1';
  const outcome = (text: string, question = through) => ask(text, question).predicted[0]?.outcome;
  t.is(outcome(dump('net.ipv4.ip_forward = 1')), 'delivered');
  t.is(outcome(dump('net.ipv4.ip_forward = 0')), 'dropped');
  t.is(outcome(dump('net.ipv4.conf.all.rp_filter = 1'), '1.2.3.4 1.1.1.1:80 eth1'), 'dropped');
  t.is(outcome(dump('net.ipv4.conf.all.rp_filter = 2'), '1.2.3.4 1.1.1.1:80 eth1'), 'delivered');
  t.is(outcome(dump(), '192.168.0.5 1.1.1.1:80 eth1'), 'dropped');
  t.is(outcome(dump(), '10.0.0.9 127.0.0.1:80 eth1'), 'dropped');
  t.is(outcome(dump('net.ipv4.conf.eth1.route_localnet = 1'), '10.0.0.9 127.0.0.1:80 eth1'), 'delivered');
});

test('neighbours on a bridge need bridge-nf for their answers', (t) => {
  const dump = (value: number) => `### iptables-save
*nat
-A PREROUTING -d 10.96.0.1/32 -j DNAT --to-destination 10.0.0.8
COMMIT
${addresses}### sysctl -a
net.bridge.bridge-nf-call-iptables = ${value}
`;
  t.is(ask(dump(1), '10.0.0.9 10.96.0.1:80 eth1').predicted[0]?.outcome, 'delivered');
  const lost = ask(dump(0), '10.0.0.9 10.96.0.1:80 eth1');
  t.is(lost.predicted[0]?.outcome, 'dropped');
  t.regex(lost.paths[0]?.why ?? '', /bridge-nf-call-iptables is 0/);
});

test('damaged routes and rules are errors with their line', (t) => {
  for (const [text, line] of [
    [`${rules}### ip route\ndefault via 1.1.1.1 dev eth0\n10.0.0.300/24 dev eth0\n`, 9],
    [`${rules}### ip rule\nfrom all lookup local\n`, 8],
    [`${rules}### ipset save\ncreate a hash:ip family inet\nadd b 1.2.3.4\n`, 9],
  ] as const) {
    const error = t.throws<LabError>(() => parseNode(text, 'f'), { code: 'usage' });
    t.is(error?.place?.line, line);
  }
});
