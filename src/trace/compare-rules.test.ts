import test from 'ava';
import { parseNode } from '../model/rules/node.ts';
import { parseIP } from '../net/address.ts';
import { compareRules } from './compare-rules.ts';
import type { TracedRule, TraceHop } from './types.ts';

const dump = parseNode(
  `### iptables-save
*nat
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
:SVC - [0:0]
-A PREROUTING -j SVC
-A SVC -d 10.96.0.1/32 -p tcp -m statistic --mode random --probability 0.5 -j DNAT --to-destination 10.244.1.2:80
-A SVC -d 10.96.0.1/32 -p tcp -j DNAT --to-destination 10.244.2.2:80
COMMIT
### ip -o addr show
1: eth0    inet 192.168.56.11/24 scope global eth0
2: cni0    inet 10.244.1.1/24 scope global cni0
### ip route show table all
default via 192.168.56.1 dev eth0
10.244.1.0/24 dev cni0 scope link
### sysctl -a
net.ipv4.ip_forward = 1
`,
  'node1',
);
const question = {
  source: parseIP('10.244.1.9'),
  destination: parseIP('10.96.0.1'),
  protocol: 'tcp',
  port: 80,
  inInterface: 'cni0',
};
const rule = (chain: string, number: number, text: string): TracedRule => ({
  event: 'rule',
  hook: 'PREROUTING',
  table: 'nat',
  chain,
  number,
  rule: text,
});
const jump = rule('PREROUTING', 1, '-j SVC');
const first =
  '-d 10.96.0.1/32 -p tcp -m statistic --mode random --probability 0.5 -j DNAT --to-destination 10.244.1.2:80';
const second = '-d 10.96.0.1/32 -p tcp -j DNAT --to-destination 10.244.2.2:80';
const hop = (...events: TraceHop['events']): TraceHop => ({ where: 'node/node1', events });

test('the same rules, whichever chance chose', (t) => {
  for (const chosen of [rule('SVC', 1, first), rule('SVC', 2, second)]) {
    t.deepEqual(compareRules(hop(jump, chosen), dump, question), {
      what: 'rules of node/node1',
      predicted: '2 rules',
      seen: 'the same',
      agrees: true,
    });
  }
});

test('a rule too many, one too few, another one: the first that differs is told', (t) => {
  const both = compareRules(hop(jump, rule('SVC', 1, first), rule('SVC', 2, second)), dump, question);
  t.like(both, { agrees: false, predicted: 'no more rules', seen: `nat SVC: ${second}` });
  t.like(compareRules(hop(jump), dump, question), { agrees: false, seen: 'no more rules' });
  const other = compareRules(hop(jump, rule('SVC', 1, '-j DROP')), dump, question);
  t.like(other, { agrees: false, seen: 'nat SVC: -j DROP' });
});
