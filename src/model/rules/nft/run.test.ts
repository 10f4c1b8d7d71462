import test from 'ava';
import { parseIP } from '../../../net/address.ts';
import type { Packet } from '../types.ts';
import { outcomes, packet, run, world } from './testing/run.ts';

const connection = packet().connection;
const udp = packet({ protocol: 'udp', destinationPort: 53 });
const fromNode: Packet = (({ inInterface: _, ...rest }) => rest)(packet());
const six = packet({ source: parseIP('fd00::1'), destination: parseIP('fd00:10::1') });

/** A rule, a packet, and what the rule does; `policy accept` where it does not match. */
const cases: readonly (readonly [rule: string, outcome: string, given?: Packet])[] = [
  ['ip daddr 10.96.0.1 drop', 'drop'],
  ['ip daddr != 10.96.0.1 drop', 'policy accept'],
  ['ip daddr 10.96.0.0/12 drop', 'drop'],
  ['ip daddr 10.96.0.2-10.96.0.9 drop', 'policy accept'],
  ['ip daddr { 10.95.0.0/16, 10.96.0.0-10.96.0.3, 1.1.1.1 } drop', 'drop'],
  ['ip saddr != { 10.0.0.0/8 } drop', 'policy accept'],
  ['ip6 daddr fd00:10::/64 drop', 'policy accept'],
  ['ip daddr 10.96.0.1 tcp dport 80 reject', 'reject icmp-port-unreachable'],
  ['tcp dport 80-90 reject with tcp reset', 'reject tcp-reset'],
  ['tcp dport { 22, 70-79 } drop', 'policy accept'],
  ['udp dport 80 drop', 'policy accept'],
  ['meta l4proto { tcp, udp } th dport 53 accept', 'accept', udp],
  ['meta l4proto tcp accept', 'policy accept', udp],
  ['ip protocol udp drop', 'drop', udp],
  ['icmp type echo-request drop', 'drop', packet({ protocol: 'icmp' })],
  ['icmp type { echo-reply, redirect } drop', 'policy accept', packet({ protocol: 'icmp' })],
  ['iifname "eth0" drop', 'drop'],
  ['iifname "et*" drop', 'drop'],
  ['iif != "lo" drop', 'drop'],
  ['iifname { "lo", "docker0" } drop', 'policy accept'],
  ['oifname != "docker0" drop', 'drop'],
  ['ct state new drop', 'drop'],
  ['ct state established,related accept', 'policy accept'],
  ['ct state { established, new } drop', 'drop'],
  ['ct state vmap { invalid : drop, new : continue, established : accept }', 'policy accept'],
  ['ct status dnat drop', 'policy accept'],
  ['ct status dnat drop', 'drop', packet({ connection: { ...connection, dnat: true } })],
  ['ct direction original ct mark & 0xff == 0x5 drop', 'drop', packet({ connection: { ...connection, mark: 0x105 } })],
  ['ct original proto-dst 80 drop', 'drop'],
  ['meta mark & 0x00004000 != 0x00000000 drop', 'policy accept'],
  ['meta mark & 0x00004000 == 0x00004000 drop', 'drop', packet({ mark: 0x4001 })],
  ['mark 0x4001 drop', 'drop', packet({ mark: 0x4001 })],
  ['meta mark != 0x00000000/1 drop', 'policy accept', packet({ mark: 0x7fffffff })],
  ['meta mark != 0x00000000/1 drop', 'drop', packet({ mark: 0x80000001 })],
  ['meta mark set meta mark | 0x00004000 accept', 'mark 0x4001, accept', packet({ mark: 1 })],
  ['meta mark set mark or 0x4000 accept', 'mark 0x4000, accept'],
  ['meta mark set meta mark & 0xffff00ff | 0x00000100 accept', 'mark 0x1ff, accept', packet({ mark: 0xfff })],
  ['meta mark set mark xor 0xf accept', 'mark 0xfffffff0, accept', packet({ mark: 0xffffffff })],
  ['fib daddr type local drop', 'drop', packet({ destination: parseIP('10.0.0.11') })],
  ['fib daddr type { local, broadcast } drop', 'policy accept'],
  ['fib saddr . mark . iif oif 0 drop', 'policy accept'],
  ['fib saddr . iif oif missing drop', 'drop', packet({ inInterface: 'eth7' })],
  ['fib saddr . iif oif exists drop', 'drop'],
  ['tcp flags syn / fin,syn,rst,ack drop', 'drop'],
  ['tcp flags & (fin | syn | rst | ack) == syn drop', 'drop'],
  ['tcp flags ack drop', 'policy accept'],
  ['limit rate 5/second drop', 'drop'],
  ['limit rate over 10/second burst 5 packets drop', 'policy accept'],
  ['counter packets 5 bytes 300 log prefix "x {y" level debug flags all drop comment "no; } {"', 'log, drop'],
  ['tcp dport vmap { 22 : accept, 80-90 : drop }', 'drop'],
  ['ip daddr . meta l4proto . th dport vmap { 10.96.0.1 . tcp . 80 : drop, 10.96.0.1 . udp . 80 : accept }', 'drop'],
  ['ip daddr . tcp dport { 10.96.0.0/16 . 80-90, 1.1.1.1 . 53 } drop', 'drop'],
  ['tcp dport vmap { 22 : accept, * : drop }', 'drop'],
  ['dnat to 10.244.1.2:8080', 'dnat 10.244.1.2:8080'],
  ['dnat ip to 10.244.1.2-10.244.1.9:80-90 random,persistent', 'dnat 10.244.1.2-10.244.1.9:80-90'],
  ['dnat ip to tcp dport map { 80 : 10.1.1.1 . 8080, 81 : 10.1.1.2 . 81 }', 'dnat 10.1.1.1:8080'],
  ['dnat ip to tcp dport map { 81 : 10.1.1.2 . 81 }', 'policy accept'],
  ['masquerade fully-random', 'masquerade'],
  ['masquerade to :1024-65535', 'masquerade :1024-65535'],
  ['redirect to :9000', 'redirect :9000'],
  ['snat to 1.2.3.4', 'snat 1.2.3.4'],
  ['notrack', 'notrack'],
  ['meta nftrace set 1 drop', 'drop'],
  ['ip dscp set cs1 drop', 'unknown: svclab does not know "ip dscp set cs1 drop"'],
  ['queue num 0 bypass', 'unknown: a program in user space decides (queue)'],
  [
    'xt match recent counter packets 0 bytes 0 drop',
    'unknown: svclab does not know "xt match recent counter packets 0 bytes 0 drop"',
  ],
  ['xt match recent counter packets 0 bytes 0', 'policy accept'],
  ['udp dport 53 xt match recent drop', 'policy accept'],
  ['counter packets 0 bytes 0 # recent: SET name: x', 'unknown: svclab does not know "# recent: SET name: x"'],
  ['ip daddr 10.96.0.1 drop # handle 12', 'drop'],
  ['ip ttl 1 drop', 'unknown: no dump tells "ip ttl" of the packet'],
  ['ip ttl 1 udp dport 53 drop', 'policy accept'],
  ['ip ttl 1 counter packets 0 bytes 0', 'policy accept'],
  ['meta skuid 0 drop', 'policy accept'],
  ['meta skuid 0 drop', 'unknown: no dump tells which user makes the packet', fromNode],
  ['meta l4proto tcp reject with icmpx admin-prohibited', 'reject icmp-admin-prohibited'],
];

for (const [rule, outcome, given = packet()] of cases) {
  test(`${rule}, from ${given.source} with ${given.protocol} and mark ${given.mark}, ${given.inInterface}, ${given.connection.mark}/${given.connection.dnat}, to ${given.destination}`, (t) => {
    t.deepEqual(outcomes(run([rule], given)), [outcome]);
  });
}

test('chance: exact shares', (t) => {
  const map = '{ 0 : 10.1.1.1 . 80, 1 : 10.1.1.2 . 80, 2 : 10.1.1.3 . 80 }';
  t.deepEqual(outcomes(run([`meta l4proto tcp dnat ip to numgen random mod 3 map ${map}`])), [
    '1/3 dnat 10.1.1.1:80',
    '1/3 dnat 10.1.1.2:80',
    '1/3 dnat 10.1.1.3:80',
  ]);
  t.deepEqual(
    outcomes(run(['numgen random mod 4 vmap { 0-2 : drop }'])).sort(),
    ['1/4 drop', '1/4 drop', '1/4 drop', '1/4 policy accept'].sort(),
  );
  t.deepEqual(outcomes(run(['numgen inc mod 2 offset 1 vmap { 1 : drop, 2 : accept }'])), ['1/2 drop', '1/2 accept']);
  t.deepEqual(
    outcomes(
      run(['meta random & 2147483647 < 715827883 drop', 'meta random & 2147483647 < 1073741824 accept', 'reject']),
    ),
    ['1/3 drop', '1/3 accept', '1/3 reject icmp-port-unreachable'],
  );
});

const chains = `chain a {
drop
}
chain empty {
}
chain back {
ip protocol tcp return
drop
}
chain circle {
jump circle
}`;

test('jump, goto and return', (t) => {
  t.deepEqual(outcomes(run(['jump empty', 'accept'], packet(), chains)), ['accept']);
  t.deepEqual(outcomes(run(['goto empty', 'drop'], packet(), chains)), ['goto empty']);
  t.is(run(['goto empty', 'drop'], packet(), chains)[0]?.verdict.kind, 'accept');
  t.deepEqual(outcomes(run(['jump back', 'accept'], packet(), chains)), ['accept']);
  t.deepEqual(outcomes(run(['jump back', 'accept'], udp, chains)), ['drop']);
  t.deepEqual(outcomes(run(['return', 'drop'])), ['return']);
  t.regex(outcomes(run(['jump circle'], packet(), chains))[0] ?? '', /^unknown: chains call each other in a circle/);
});

test('what a rule remembers, a later one sees', (t) => {
  const set =
    'set seen {\ntype ipv4_addr\nsize 65535\nflags dynamic,timeout\ntimeout 3h\nelements = { 10.9.9.9 timeout 3h expires 2h }\n}';
  t.deepEqual(
    outcomes(run(['ip saddr @seen drop', 'update @seen { ip saddr }', 'ip saddr @seen reject'], packet(), set)),
    ['reject icmp-port-unreachable'],
  );
  t.deepEqual(outcomes(run(['ip saddr @seen drop'], packet({ source: parseIP('10.9.9.9') }), set)), ['drop']);
  t.deepEqual(outcomes(run(['add @seen { ip saddr limit rate over 5/second } drop', 'accept'], packet(), set)), [
    'accept',
  ]);
});

test('IPv6, also in an inet table', (t) => {
  t.deepEqual(outcomes(run(['ip6 daddr fd00:10::/32 reject'], six, '', 'inet')), ['reject icmp6-port-unreachable']);
  t.deepEqual(outcomes(run(['meta nfproto ipv4 drop', 'ip daddr 0.0.0.0/0 drop'], six, '', 'inet')), ['policy accept']);
  t.deepEqual(outcomes(run(['dnat to [fd00:244::2]:80'], six, '', 'ip6')), ['dnat [fd00:244::2]:80']);
  t.deepEqual(outcomes(run(['ip6 saddr . tcp dport { fd00::/16 . 80 } drop'], six, '', 'ip6')), ['drop']);
});

test('a set whose elements svclab does not know decides nothing', (t) => {
  const set = 'set s {\ntype inet_proto\nelements = { somenewproto }\n}';
  t.deepEqual(outcomes(run(['meta l4proto @s drop'], packet(), set)), ['unknown: no dump tells what is in set s']);
});

test('rules behind the one that decides are told when asked for', (t) => {
  const rules = ['jump a', 'ip saddr 10.0.0.1 reject', 'ip saddr 10.0.0.2 accept'];
  t.deepEqual(run(rules, packet(), chains)[0]?.shadowed, []);
  const asked = run(rules, packet(), chains, 'ip', { ...world, wantsShadowed: true });
  t.deepEqual(
    asked[0]?.shadowed.map(({ rule, verdict }) => [rule, verdict]),
    [['ip saddr 10.0.0.1 reject', 'reject icmp-port-unreachable']],
  );
});
