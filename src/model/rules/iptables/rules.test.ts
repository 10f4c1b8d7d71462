import test from 'ava';
import { ask, plainNode, predictions, withRules } from '../testing/ask.ts';

const away = '192.168.0.9 192.168.0.5:80 eth0';
const delivered = ['1 delivered 192.168.0.5:80 from 192.168.0.9'];
const dropped = ['1 dropped 192.168.0.5:80 from 192.168.0.9'];
const source = 'from 192.168.0.9';

/** Rules of INPUT that drop the packet of `away`, and such that do not. */
const matches: readonly (readonly [rule: string, meets: boolean])[] = [
  ['-p tcp', true],
  ['-p 6', true],
  ['! -p tcp', false],
  ['-p udp', false],
  ['-s 192.168.0.0/24', true],
  ['! -s 192.168.0.0/24', false],
  ['-s 192.168.0.0/255.255.255.0', true],
  ['-d 192.0.0.5/255.0.0.255', true],
  ['-d 192.168.0.6/32', false],
  ['-i eth0', true],
  ['-i eth+', true],
  ['-i +', true],
  ['! -i eth+', false],
  ['-p tcp -m tcp --dport 80', true],
  ['-p tcp -m tcp --dport 79:81', true],
  ['-p tcp -m tcp ! --dport 80', false],
  ['-p tcp -m tcp --dport ! 81', true],
  ['-p tcp -m tcp --sport 1024:65535', true],
  ['-p tcp -m tcp --sport 53', false],
  ['-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN', true],
  ['-p tcp -m tcp ! --tcp-flags FIN,SYN,RST,ACK SYN', false],
  ['-p tcp -m multiport --dports 22,80,443', true],
  ['-p tcp -m multiport --dports 22,70:90', true],
  ['-p tcp -m multiport ! --dports 22,443', true],
  ['-p tcp -m multiport --ports 80', true],
  ['-m addrtype --dst-type LOCAL', true],
  ['-m addrtype --src-type LOCAL', false],
  ['-m addrtype ! --src-type LOCAL --dst-type LOCAL', true],
  ['-m addrtype --src-type UNICAST,MULTICAST', true],
  ['-m addrtype --dst-type LOCAL --limit-iface-in', true],
  ['-m conntrack --ctstate NEW', true],
  ['-m conntrack --ctstate RELATED,ESTABLISHED', false],
  ['-m conntrack ! --ctstate DNAT', true],
  ['-m conntrack --ctorigdst 192.168.0.5', true],
  ['-m conntrack --ctorigdstport 80 --ctproto 6', true],
  ['-m state --state NEW', true],
  ['-m mark --mark 0x0', true],
  ['-m mark ! --mark 0x4000/0x4000', true],
  ['-m connmark --mark 0x1/0x1', false],
  ['-m iprange --src-range 192.168.0.1-192.168.0.10', true],
  ['-m pkttype --pkt-type unicast', true],
  ['-m limit --limit 1/sec', true],
  ['-m hashlimit --hashlimit-above 1/sec --hashlimit-name x', false],
  ['-m recent --rcheck --seconds 10 --name L --rsource', false],
  ['-m recent ! --rcheck --seconds 10 --name L --rsource', true],
  ['-m rpfilter', true],
  ['-m rpfilter --invert', false],
  ['-m nfacct --nfacct-name ct_state_invalid_dropped_pkts', true],
  ['-m physdev --physdev-is-bridged', false],
  ['-m physdev ! --physdev-is-in', true],
  ['-m socket --transparent', false],
  ['-m icmp --icmp-type 8', false],
  ['-f', false],
];

for (const [rule, meets] of matches) {
  test(`-A INPUT ${rule} -j DROP ${meets ? 'drops' : 'passes'}`, (t) => {
    t.deepEqual(predictions(withRules('filter', `-A INPUT ${rule} -j DROP`), away), meets ? dropped : delivered);
  });
}

test('what nobody knows decides only where all else is met', (t) => {
  const unknown = withRules('filter', '-A INPUT -p tcp -m u32 --u32 "0=1" -j DROP');
  t.deepEqual(predictions(unknown, away), [`1 unknown 192.168.0.5:80 ${source}`]);
  t.regex(ask(unknown, away).paths[0]?.why ?? '', /unknown from here on: .*u32/);
  t.deepEqual(predictions(withRules('filter', '-A INPUT -p udp -m u32 --u32 "0=1" -j DROP'), away), delivered);
  t.deepEqual(predictions(withRules('filter', '-A INPUT -m u32 --u32 "0=1" -j LOG'), away), delivered);
  t.deepEqual(predictions(withRules('filter', '-A INPUT -j NFQUEUE --queue-num 1'), away), [
    `1 unknown 192.168.0.5:80 ${source}`,
  ]);
  t.deepEqual(predictions(withRules('filter', '-A INPUT -m set --match-set s src -j DROP'), away), [
    `1 unknown 192.168.0.5:80 ${source}`,
  ]);
});

for (const [kind, outcome] of [
  ['icmp-port-unreachable', 'refused'],
  ['tcp-reset', 'refused'],
  ['icmp-host-prohibited', 'unreachable'],
  ['icmp-net-unreachable', 'unreachable'],
  ['icmp-admin-prohibited', 'unreachable'],
] as const) {
  test(`REJECT with ${kind} is ${outcome}`, (t) => {
    const rule = `-A INPUT -p tcp -j REJECT --reject-with ${kind}`;
    t.deepEqual(predictions(withRules('filter', rule), away), [`1 ${outcome} 192.168.0.5:80 ${source}`]);
  });
}

test('shares are exact', (t) => {
  const rules = [1, 2, 3].map((at) => {
    const chance = ['0.33333333349', '0.50000000000'][at - 1];
    const match = chance === undefined ? '' : `-m statistic --mode random --probability ${chance} `;
    return `-A PREROUTING -d 10.0.0.1/32 ${match}-j DNAT --to-destination 172.17.0.${at}`;
  });
  t.deepEqual(predictions(withRules('nat', ...rules), '192.168.0.9 10.0.0.1:80 eth0'), [
    `1/3 delivered 172.17.0.1:80 ${source}`,
    `1/3 delivered 172.17.0.2:80 ${source}`,
    `1/3 delivered 172.17.0.3:80 ${source}`,
  ]);
});

for (const [probability, fraction] of [
  ['0.33332999982', '33333/100000'],
  ['0.25000000000', '1/4'],
  ['0.66666666651', '2/3'],
  ['0.00999999978', '1/100'],
  ['0.14285714272', '1/7'],
] as const) {
  test(`the probability ${probability} is ${fraction}`, (t) => {
    const rule = `-A INPUT -m statistic --mode random --probability ${probability} -j DROP`;
    t.true(predictions(withRules('filter', rule), away).includes(`${fraction} dropped 192.168.0.5:80 ${source}`));
  });
}

test('nth, in turn', (t) => {
  const rules = [
    '-A PREROUTING -d 10.0.0.1/32 -m statistic --mode nth --every 3 --packet 0 -j DNAT --to-destination 172.17.0.1',
    '-A PREROUTING -d 10.0.0.1/32 -m statistic --mode nth --every 2 --packet 0 -j DNAT --to-destination 172.17.0.2',
    '-A PREROUTING -d 10.0.0.1/32 -j DNAT --to-destination 172.17.0.3:81',
  ];
  t.is(predictions(withRules('nat', ...rules), '192.168.0.9 10.0.0.1:80 eth0').length, 3);
  t.true(
    predictions(withRules('nat', ...rules), '192.168.0.9 10.0.0.1:80 eth0').every((text) => text.startsWith('1/3 ')),
  );
});

test('marks by chance that lead on to the same end are one prediction', (t) => {
  const dump = `### iptables-save
*mangle
-A PREROUTING -m statistic --mode random --probability 0.5 -j MARK --set-xmark 0x1/0x1
-A PREROUTING -m statistic --mode random --probability 0.5 -j MARK --set-xmark 0x2/0x2
COMMIT
*filter
-A INPUT -m mark --mark 0x3/0x3 -j DROP
COMMIT
${plainNode}`;
  t.deepEqual(predictions(dump, away), [
    `1/4 dropped 192.168.0.5:80 ${source}`,
    `3/4 delivered 192.168.0.5:80 ${source}`,
  ]);
});

test('what a connection keeps: CONNMARK is there on the way back', (t) => {
  const dump = `### iptables-save
*mangle
-A PREROUTING -j MARK --set-xmark 0x5/0xff
-A PREROUTING -j CONNMARK --save-mark --nfmask 0xff --ctmask 0xff
-A OUTPUT -j CONNMARK --restore-mark --nfmask 0xff --ctmask 0xff
COMMIT
*filter
-A OUTPUT -m mark --mark 0x5/0xff -j DROP
COMMIT
${plainNode}`;
  t.deepEqual(predictions(dump, away), dropped);
});

test('a list remembers within one packet', (t) => {
  const rules = [
    '-A INPUT -m recent --set --name L --rsource',
    '-A INPUT -m recent --update --seconds 60 --hitcount 4 --name L --rsource -j DROP',
    '-A INPUT -m recent --rcheck --name L --rsource -j REJECT',
  ];
  t.deepEqual(predictions(withRules('filter', ...rules), away), [`1 refused 192.168.0.5:80 ${source}`]);
});

test('return and goto', (t) => {
  const rules = [
    ':A - [0:0]',
    ':B - [0:0]',
    '-A INPUT -j A',
    '-A INPUT -j DROP',
    '-A A -g B',
    '-A A -j ACCEPT',
    '-A B -j RETURN',
    '-A B -j ACCEPT',
  ];
  t.deepEqual(predictions(withRules('filter', ...rules), away), dropped, 'a return after goto goes back to INPUT');
  const jump = rules.map((rule) => rule.replace('-g B', '-j B'));
  t.deepEqual(predictions(withRules('filter', ...jump), away), delivered, 'a return after jump goes back to A');
  const base = ['-A INPUT -j RETURN', '-A INPUT -j DROP'];
  t.deepEqual(predictions(withRules('filter', ...base), away), delivered, 'the policy');
  t.deepEqual(predictions(withRules('filter', ':INPUT DROP [0:0]', ...base), away), dropped);
});

test('chains that call each other do not hang', (t) => {
  const rules = [':A - [0:0]', ':B - [0:0]', '-A INPUT -j A', '-A A -j B', '-A B -j A'];
  t.deepEqual(predictions(withRules('filter', ...rules), away), [`1 unknown 192.168.0.5:80 ${source}`]);
});

test('TPROXY takes the packet to a local socket when routing keeps it', (t) => {
  const dump = `### iptables-save
*mangle
-A PREROUTING -p tcp -m tcp --dport 80 -j TPROXY --on-port 15001 --on-ip 127.0.0.1 --tproxy-mark 0x1/0x1
COMMIT
### ip rule show
0:	from all lookup local
100:	from all fwmark 0x1/0x1 lookup 133
32766:	from all lookup main
${plainNode.replace('### sysctl', 'local default dev lo table 133 scope host\n### sysctl')}`;
  t.deepEqual(predictions(dump, '172.17.0.2 1.1.1.1:80 docker0'), ['1 delivered 127.0.0.1:15001 from 172.17.0.2']);
  t.deepEqual(predictions(dump, '172.17.0.2 1.1.1.1:81 docker0'), ['1 delivered 1.1.1.1:81 from 172.17.0.2']);
  const forwarded = dump.replace('local default dev lo table 133 scope host\n', '');
  t.deepEqual(predictions(forwarded, '172.17.0.2 1.1.1.1:80 docker0'), ['1 dropped 1.1.1.1:80 from 172.17.0.2']);
});

test('a packet that conntrack does not see is not translated', (t) => {
  const dump = `### iptables-save
*raw
-A PREROUTING -p tcp -m tcp --dport 80 -j CT --notrack
COMMIT
*nat
-A PREROUTING -p tcp -j DNAT --to-destination 172.17.0.2:8080
COMMIT
${plainNode}`;
  t.deepEqual(predictions(dump, away), delivered);
  t.deepEqual(predictions(dump, '192.168.0.9 192.168.0.5:81 eth0'), [`1 delivered 172.17.0.2:8080 ${source}`]);
});

test('ranges of NAT', (t) => {
  t.deepEqual(
    predictions(
      withRules('nat', '-A PREROUTING -p tcp -j DNAT --to-destination 172.17.0.2-172.17.0.3:80-90'),
      '192.168.0.9 192.168.0.5:85 eth0',
    ),
    [`1/2 delivered 172.17.0.2:85 ${source}`, `1/2 delivered 172.17.0.3:85 ${source}`],
  );
  t.deepEqual(
    predictions(withRules('nat', '-A POSTROUTING -j SNAT --to-source 192.168.0.77'), '172.17.0.2 1.1.1.1:80 docker0'),
    ['1 delivered 1.1.1.1:80 from 192.168.0.77'],
  );
});

test('long chains are indexed without changing what they mean', (t) => {
  const rules = Array.from({ length: 300 }, (_, at) => `-A INPUT -d 10.0.${at >> 8}.${at & 255}/32 -j ACCEPT`);
  const late = [...rules, '-A INPUT -p tcp -m tcp --dport 80 -j DROP', '-A INPUT -d 192.168.0.5/32 -j ACCEPT'];
  t.deepEqual(predictions(withRules('filter', ...late), away), dropped);
  const early = ['-A INPUT -d 192.168.0.5/32 -j ACCEPT', ...late];
  t.deepEqual(predictions(withRules('filter', ...early), away), delivered);
  const negated = [...rules, '-A INPUT ! -d 10.0.0.1/32 -j DROP', '-A INPUT -s 192.168.0.9/32 -j ACCEPT'];
  t.deepEqual(predictions(withRules('filter', ...negated), away), dropped);
});
