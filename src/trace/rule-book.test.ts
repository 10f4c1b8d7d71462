import test from 'ava';
import { ruleBook } from './rule-book.ts';

const save = `*nat
:PREROUTING ACCEPT [0:0]
:KUBE-SERVICES - [0:0]
-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
-A KUBE-SERVICES -d 10.96.0.1/32 -j ACCEPT
-A KUBE-SERVICES -j RETURN
COMMIT
`;
const nft = `table ip kube-proxy { # handle 3
\tset cluster-ips { # handle 5
\t\ttype ipv4_addr
\t}

\tchain services { # handle 9
\t\tip daddr @cluster-ips meta mark set 0x1 # handle 31
\t\tip daddr . meta l4proto . th dport vmap @service-ips # handle 40
\t}

\tchain nat-output { # handle 17
\t\ttype nat hook output priority dstnat - 5; policy accept;
\t\tjump services # handle 18
\t}
}
`;
const book = ruleBook({ ipv4: save, ipv6: '', nft });

test('rules of iptables by their number', (t) => {
  t.deepEqual(book.chain('ipv4', 'nat', 'KUBE-SERVICES'), ['-d 10.96.0.1/32 -j ACCEPT', '-j RETURN']);
  t.is(book.chain('ipv6', 'nat', 'KUBE-SERVICES'), undefined);
});

test('rules of nftables by their handle', (t) => {
  t.deepEqual(book.byHandle('ip kube-proxy', 'services', 40n), {
    number: 2,
    rule: 'ip daddr . meta l4proto . th dport vmap @service-ips',
  });
  t.is(book.byHandle('ip kube-proxy', 'services', 18n), undefined, 'the handle of another chain');
  t.is(book.byHandle('ip other', 'services', 40n), undefined);
});

test('where base chains hang', (t) => {
  t.deepEqual(book.base('ip kube-proxy', 'nat-output'), { hook: 'OUTPUT', priority: -105 });
  t.is(book.base('ip kube-proxy', 'services'), undefined);
});
