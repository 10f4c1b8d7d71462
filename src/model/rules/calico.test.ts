import test from 'ava';
import { predictions } from './testing/ask.ts';

const calico = `### iptables-save -c
*mangle
:PREROUTING ACCEPT [0:0]
:cali-PREROUTING - [0:0]
[5:300] -A PREROUTING -m comment --comment "cali:6gwbT8clXdHdC1b1" -j cali-PREROUTING
[0:0] -A cali-PREROUTING -m comment --comment "cali:6BJqBjBC7crtA-7-" -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
COMMIT
*raw
:PREROUTING ACCEPT [0:0]
:cali-PREROUTING - [0:0]
:cali-rpf-skip - [0:0]
[5:300] -A PREROUTING -m comment --comment "cali:6gwbT8clXdHdC1b1" -j cali-PREROUTING
[5:300] -A cali-PREROUTING -m comment --comment "cali:XFX5xbM8B9qR10JG" -j MARK --set-xmark 0x0/0xf0000
[0:0] -A cali-PREROUTING -i cali+ -m comment --comment "cali:EWMPb0zVROM-woQp" -j MARK --set-xmark 0x40000/0x40000
[0:0] -A cali-PREROUTING -m comment --comment "cali:PWuxTAIaFCtsg5Qa" -m mark --mark 0x40000/0x40000 -j cali-rpf-skip
[0:0] -A cali-PREROUTING -m comment --comment "cali:fSSbGND7dgyemWU7" -m mark --mark 0x40000/0x40000 -m rpfilter --validmark --invert -j DROP
[0:0] -A cali-PREROUTING -m comment --comment "cali:8lV9zwF8bWP8n4Yd" -m mark --mark 0x0/0x40000
COMMIT
*nat
:POSTROUTING ACCEPT [0:0]
:cali-POSTROUTING - [0:0]
:cali-nat-outgoing - [0:0]
[0:0] -A POSTROUTING -m comment --comment "cali:O3lYWMrLQYEMJtB5" -j cali-POSTROUTING
[0:0] -A cali-POSTROUTING -m comment --comment "cali:nYKhEzDlr11Jccal" -j cali-nat-outgoing
[0:0] -A cali-nat-outgoing -m comment --comment "cali:flqWnvo8yq4ULQLa" -m set --match-set cali40masq-ipam-pools src -m set ! --match-set cali40all-ipam-pools dst -j MASQUERADE --random-fully
COMMIT
*filter
:FORWARD ACCEPT [0:0]
:cali-FORWARD - [0:0]
:cali-from-wl-dispatch - [0:0]
:cali-fw-cali123 - [0:0]
:cali-to-wl-dispatch - [0:0]
:cali-fw-cali456 - [0:0]
:cali-tw-cali123 - [0:0]
:cali-tw-cali456 - [0:0]
[0:0] -A FORWARD -m comment --comment "cali:wUHhoiAYhphO9Mso" -j cali-FORWARD
[0:0] -A FORWARD -m comment --comment "cali:S93hcgKJrXEqnTfs" -m mark --mark 0x10000/0x10000 -j ACCEPT
[0:0] -A cali-FORWARD -m comment --comment "cali:vjrMJCRpqwy5oRoX" -j MARK --set-xmark 0x0/0xe0000
[0:0] -A cali-FORWARD -i cali+ -m comment --comment "cali:8ZoYfO5HKXWbB3pk" -j cali-from-wl-dispatch
[0:0] -A cali-FORWARD -o cali+ -m comment --comment "cali:jdEuaPBe14V2hutn" -j cali-to-wl-dispatch
[0:0] -A cali-from-wl-dispatch -i cali123 -m comment --comment "cali:a" -g cali-fw-cali123
[0:0] -A cali-from-wl-dispatch -i cali456 -m comment --comment "cali:b" -g cali-fw-cali456
[0:0] -A cali-from-wl-dispatch -m comment --comment "Unknown interface" -j DROP
[0:0] -A cali-fw-cali456 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
[0:0] -A cali-fw-cali456 -j DROP
[0:0] -A cali-fw-cali123 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
[0:0] -A cali-fw-cali123 -p udp -m comment --comment "Drop VXLAN encapped packets originating in workloads" -m multiport --dports 4789 -j DROP
[0:0] -A cali-fw-cali123 -p ipencap -j DROP
[0:0] -A cali-fw-cali123 -j MARK --set-xmark 0x10000/0x10000
[0:0] -A cali-fw-cali123 -m mark --mark 0x10000/0x10000 -j RETURN
[0:0] -A cali-to-wl-dispatch -o cali123 -g cali-tw-cali123
[0:0] -A cali-to-wl-dispatch -o cali456 -g cali-tw-cali456
[0:0] -A cali-tw-cali123 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
[0:0] -A cali-tw-cali123 -j DROP
[0:0] -A cali-to-wl-dispatch -j DROP
[0:0] -A cali-tw-cali456 -p tcp -m set --match-set cali40s:web src -m multiport --dports 80,8000:8100 -j RETURN
[0:0] -A cali-tw-cali456 -m comment --comment "Drop if no profiles matched" -j DROP
COMMIT
### ipset save
create cali40masq-ipam-pools hash:net family inet hashsize 1024 maxelem 1048576
add cali40masq-ipam-pools 10.65.0.0/16
create cali40all-ipam-pools hash:net family inet hashsize 1024 maxelem 1048576
add cali40all-ipam-pools 10.65.0.0/16
create cali40s:web hash:net family inet hashsize 1024 maxelem 1048576
add cali40s:web 10.65.1.2
### ip addr
1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000
    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00
    inet 127.0.0.1/8 scope host lo
       valid_lft forever preferred_lft forever
2: eth0@if5: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP group default
    inet 192.168.0.5/24 brd 192.168.0.255 scope global eth0
       valid_lft forever preferred_lft forever
5: cali123@if4: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1480 qdisc noqueue state UP group default
### ip route
default via 192.168.0.1 dev eth0
10.65.1.2 dev cali123 scope link
10.65.1.3 dev cali456 scope link
10.65.2.0/26 via 192.168.0.7 dev tunl0 proto bird onlink
blackhole 10.65.1.0/26 proto bird
192.168.0.0/24 dev eth0 proto kernel scope link src 192.168.0.5
`;

const cases: readonly (readonly [name: string, dump: string, question: string, ...expected: readonly string[]])[] = [
  ['calico: outwards', calico, '10.65.1.2 1.1.1.1:443 cali123', '1 delivered 1.1.1.1:443 from 192.168.0.5'],
  ['calico: to another node', calico, '10.65.1.2 10.65.2.9:443 cali123', '1 delivered 10.65.2.9:443 from 10.65.1.2'],
  [
    'calico: policy lets a set in',
    calico,
    '10.65.1.2 10.65.1.3:8050 cali123',
    '1 delivered 10.65.1.3:8050 from 10.65.1.2',
  ],
  [
    'calico: policy keeps others out',
    calico,
    '192.168.0.9 10.65.1.3:80 eth0',
    '1 dropped 10.65.1.3:80 from 192.168.0.9',
  ],
  [
    'calico: VXLAN of a workload',
    calico,
    '10.65.1.2 10.65.2.9:4789/udp cali123',
    '1 dropped 10.65.2.9:4789 from 10.65.1.2',
  ],
  ['calico: a spoofed sender', calico, '1.2.3.4 10.65.2.9:80 cali123', '1 dropped 10.65.2.9:80 from 1.2.3.4'],
  [
    'calico: an address of no workload',
    calico,
    '10.65.1.2 10.65.1.9:80 cali123',
    '1 dropped 10.65.1.9:80 from 10.65.1.2',
  ],
];

for (const [name, dump, question, ...expected] of cases) {
  test(name, (t) => {
    t.deepEqual(predictions(dump, question), expected);
  });
}
