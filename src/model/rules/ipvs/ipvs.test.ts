import test from 'ava';
import type { LabError } from '../../../errors.ts';
import { parseNode } from '../node.ts';
import { ask, predictions } from '../testing/ask.ts';

const node = `### iptables-save
*nat
:KUBE-MARK-MASQ - [0:0]
:KUBE-SERVICES - [0:0]
-A PREROUTING -j KUBE-SERVICES
-A OUTPUT -j KUBE-SERVICES
-A POSTROUTING -m mark --mark 0x4000/0x4000 -j MASQUERADE
-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000
-A KUBE-SERVICES ! -s 10.244.0.0/16 -m set --match-set KUBE-CLUSTER-IP dst,dst -j KUBE-MARK-MASQ
COMMIT
*filter
-A INPUT -m set ! --match-set KUBE-CLUSTER-IP dst,dst -m set --match-set KUBE-IPVS-IPS dst -j REJECT
-A OUTPUT -d 10.244.1.9/32 -j DROP
COMMIT
### ipset save
create KUBE-CLUSTER-IP hash:ip,port family inet hashsize 1024 maxelem 65536
add KUBE-CLUSTER-IP 10.96.0.8,tcp:80
add KUBE-CLUSTER-IP 10.96.0.8,tcp:81
add KUBE-CLUSTER-IP 10.96.0.8,tcp:82
add KUBE-CLUSTER-IP 10.96.0.8,tcp:83
create KUBE-IPVS-IPS hash:ip family inet hashsize 1024 maxelem 65536
add KUBE-IPVS-IPS 10.96.0.8
### ip -br addr show
lo UNKNOWN 127.0.0.1/8
eth0 UP 192.168.0.5/24
cni0 UP 10.244.0.1/24
kube-ipvs0 DOWN 10.96.0.8/32
`;

const saved = `### ipvsadm -Sn
-A -t 10.96.0.8:80 -s rr
-a -t 10.96.0.8:80 -r 10.244.1.7:8080 -m -w 1
-a -t 10.96.0.8:80 -r 10.244.0.9:8080 -m -w 5
-A -t 10.96.0.8:81 -s wrr -p 60
-a -t 10.96.0.8:81 -r 10.244.1.7:8081 -m -w 1
-a -t 10.96.0.8:81 -r 10.244.1.8:8081 -m -w 3
-a -t 10.96.0.8:81 -r 10.244.1.10:8081 -m -w 0
-A -t 10.96.0.8:82 -s rr
-A -t 10.96.0.8:83 -s rr
-a -t 10.96.0.8:83 -r 10.244.1.9:83 -m -w 1
-A -t 192.168.0.5:30080 -s rr
-a -t 192.168.0.5:30080 -r 10.244.0.9:8080 -m -w 1
-A -f 7 -s rr
`;

const listed = `### ipvsadm -Ln
IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn
TCP  10.96.0.8:80 rr
  -> 10.244.1.7:8080              Masq    1      0          0
  -> 10.244.0.9:8080              Masq    5      0          3
TCP  10.96.0.8:81 wrr persistent 60
  -> 10.244.1.7:8081              Masq    1      0          0
  -> 10.244.1.8:8081              Masq    3      0          0
  -> 10.244.1.10:8081             Masq    0      0          0
TCP  10.96.0.8:82 rr
TCP  10.96.0.8:83 rr
  -> 10.244.1.9:83                Masq    1      0          0
TCP  192.168.0.5:30080 rr
  -> 10.244.0.9:8080              Masq    1      0          0
FWM  7 rr
  -> 10.244.0.9:0                 Masq    1      0          0
`;

for (const [form, text] of [
  ['-Sn', saved],
  ['-Ln', listed],
] as const) {
  test(`virtual servers as ipvsadm ${form} prints them`, (t) => {
    const says = (question: string) => predictions(node + text, question);
    t.deepEqual(says('10.244.0.7 10.96.0.8:80 cni0'), [
      '1/2 delivered 10.244.0.9:8080 from 10.244.0.7',
      '1/2 delivered 10.244.1.7:8080 from 10.244.0.7',
    ]);
    t.deepEqual(says('203.0.113.9 10.96.0.8:81 eth0'), [
      '1/4 delivered 10.244.1.7:8081 from 192.168.0.5',
      '3/4 delivered 10.244.1.8:8081 from 192.168.0.5',
    ]);
    t.deepEqual(says('192.168.0.5 10.96.0.8:81'), says('203.0.113.9 10.96.0.8:81 eth0'));
    t.deepEqual(says('10.244.0.7 10.96.0.8:82 cni0'), ['1 refused 10.96.0.8:82 from 10.244.0.7']);
    t.deepEqual(says('10.244.0.7 10.96.0.8:84 cni0'), ['1 refused 10.96.0.8:84 from 10.244.0.7']);
    t.deepEqual(says('203.0.113.9 192.168.0.5:30080 eth0'), ['1 delivered 10.244.0.9:8080 from 203.0.113.9']);
    t.regex(ask(node + text, '10.244.0.7 10.96.0.8:81 cni0').assumed.join(' '), /keeps that one for 60 s/);
  });
}

test('what IPVS sends on passes OUTPUT', (t) => {
  t.deepEqual(predictions(node + saved, '10.244.0.7 10.96.0.8:83 cni0'), ['1 dropped 10.244.1.9:83 from 10.244.0.7']);
});

test('-m ipvs knows what IPVS sends on', (t) => {
  const rule = (match: string) =>
    `${node.replace('-A OUTPUT -d 10.244.1.9/32 -j DROP', `-A OUTPUT -m ipvs ${match} -j DROP`)}${saved}`;
  const outcomes = (match: string, question: string) =>
    ask(rule(match), question).predicted.map(({ outcome }) => outcome);
  t.deepEqual(outcomes('--ipvs', '10.244.0.7 10.96.0.8:83 cni0'), ['dropped']);
  t.deepEqual(outcomes('! --ipvs', '10.244.0.7 10.96.0.8:83 cni0'), ['delivered']);
  t.deepEqual(outcomes('--vaddr 10.96.0.8 --vport 83', '10.244.0.7 10.96.0.8:83 cni0'), ['unknown']);
  t.deepEqual(outcomes('--vaddr 10.96.0.8 --vport 83', '192.168.0.5 1.1.1.1:83'), ['delivered']);
});

test('without the virtual servers nobody knows, and that is said', (t) => {
  for (const question of [
    '10.244.0.7 10.96.0.8:80 cni0',
    '203.0.113.9 192.168.0.5:30080 eth0',
    '192.168.0.5 10.96.0.8:80',
  ]) {
    const { predicted, paths } = ask(node, question);
    t.deepEqual(
      predicted.map(({ outcome }) => outcome),
      ['unknown'],
    );
    t.regex(paths[0]?.why ?? '', /### ipvsadm -Sn/);
  }
  t.is(ask(node, '203.0.113.9 192.168.0.5:22 eth0').predicted[0]?.outcome, 'delivered');
});

test('a server that is not masqueraded to makes the outcome unknown', (t) => {
  const routed = saved.replace('-r 10.244.1.7:8080 -m', '-r 10.244.1.7:8080 -g');
  t.is(ask(node + routed, '10.244.0.7 10.96.0.8:80 cni0').predicted[0]?.outcome, 'unknown');
});

test('a damaged line is an error with its place', (t) => {
  for (const line of ['-a -t 10.96.0.9:80 -r 10.244.1.7:8080 -m -w 1', 'TCP  10.96.0.8 rr', '-A -t 10.96.0.8']) {
    const text = `### ipvsadm -Sn\n${line}\n`;
    const error = t.throws<LabError>(() => parseNode(text, 'f'), { code: 'usage' });
    t.is(error?.place?.line, 2);
  }
});
