import { formatFraction } from '../../fraction.ts';
import { parseNode } from '../node.ts';
import { parseQuestion } from '../question.ts';
import { type Walk, walk } from '../walk.ts';

/** Walks a question such as `10.0.0.1 10.0.0.2:80 eth0` through a dump. */
export function ask(dump: string, question: string): Walk {
  const [from = '', to = '', inInterface] = question.split(' ');
  return walk(parseNode(dump, 'test.dump'), parseQuestion(from, to, inInterface), { shadowed: true });
}

/** What a walk predicts, a line for each: `1/3 delivered 10.0.0.2:80 from 10.0.0.1`. */
export function predictions(dump: string, question: string): string[] {
  return ask(dump, question)
    .predicted.map(
      ({ share, outcome, endpoint, source }) => `${formatFraction(share)} ${outcome} ${endpoint} from ${source ?? '?'}`,
    )
    .sort();
}

/** Sections of a node with eth0 192.168.0.5/24, a bridge docker0 172.17.0.1/16 and a default route. */
export const plainNode = `
### ip -o addr show
1: lo    inet 127.0.0.1/8 scope host lo
2: eth0    inet 192.168.0.5/24 brd 192.168.0.255 scope global eth0
2: eth0    inet 192.168.0.6/24 brd 192.168.0.255 scope global secondary eth0
3: docker0    inet 172.17.0.1/16 brd 172.17.255.255 scope global docker0
### ip route show table all
default via 192.168.0.1 dev eth0 proto static
172.17.0.0/16 dev docker0 proto kernel scope link src 172.17.0.1
192.168.0.0/24 dev eth0 proto kernel scope link src 192.168.0.5
local 127.0.0.0/8 dev lo table local proto kernel scope host src 127.0.0.1
local 172.17.0.1 dev docker0 table local proto kernel scope host src 172.17.0.1
local 192.168.0.5 dev eth0 table local proto kernel scope host src 192.168.0.5
local 192.168.0.6 dev eth0 table local proto kernel scope host src 192.168.0.5
broadcast 192.168.0.255 dev eth0 table local proto kernel scope link src 192.168.0.5
### sysctl -a
net.ipv4.ip_forward = 1
net.bridge.bridge-nf-call-iptables = 1
`;

/** A dump of the plain node with these rules of one table. */
export function withRules(table: string, ...rules: readonly string[]): string {
  return `### iptables-save\n*${table}\n${rules.join('\n')}\nCOMMIT\n${plainNode}`;
}
