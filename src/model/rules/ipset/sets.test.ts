import test from 'ava';
import { parseQuestion } from '../question.ts';
import { firstPacket } from '../walk.ts';
import { parseSets } from './parse.ts';

const text = `create ips hash:ip family inet hashsize 1024 maxelem 65536
add ips 10.0.0.1
create ranges bitmap:ip range 10.1.0.0-10.1.255.255
add ranges 10.1.0.0-10.1.0.9
create nets hash:net family inet hashsize 1024 maxelem 65536
add nets 10.0.0.0/8
add nets 10.9.0.0/16 nomatch
create KUBE-CLUSTER-IP hash:ip,port family inet hashsize 1024 maxelem 65536 comment
add KUBE-CLUSTER-IP 10.96.0.10,udp:53 comment "kube-system/kube-dns:dns"
add KUBE-CLUSTER-IP 10.96.0.10,tcp:9153
create KUBE-LOOP-BACK hash:ip,port,ip family inet hashsize 1024 maxelem 65536
add KUBE-LOOP-BACK 10.0.0.1,tcp:80,10.0.0.1
create KUBE-NODE-PORT-TCP bitmap:port range 0-65535
add KUBE-NODE-PORT-TCP 30007
create iface hash:net,iface family inet hashsize 1024 maxelem 65536
add iface 10.0.0.0/24,eth0
create all list:set size 8
add all ips
add all nets
create macs hash:mac hashsize 1024 maxelem 65536
add macs 02:00:00:00:00:01
`;

const sets = parseSets({ command: 'ipset save', text, file: 'f', line: 1 });

const cases: readonly (readonly [set: string, directions: string, question: string, has: boolean])[] = [
  ['ips', 'src', '10.0.0.1 1.1.1.1:80', true],
  ['ips', 'dst', '10.0.0.1 1.1.1.1:80', false],
  ['ranges', 'dst', '1.1.1.1 10.1.0.9:80', true],
  ['ranges', 'dst', '1.1.1.1 10.1.0.10:80', false],
  ['nets', 'src', '10.8.0.1 1.1.1.1:80', true],
  ['nets', 'src', '10.9.0.1 1.1.1.1:80', false],
  ['KUBE-CLUSTER-IP', 'dst,dst', '1.1.1.1 10.96.0.10:53/udp', true],
  ['KUBE-CLUSTER-IP', 'dst,dst', '1.1.1.1 10.96.0.10:53/tcp', false],
  ['KUBE-LOOP-BACK', 'dst,dst,src', '10.0.0.1 10.0.0.1:80', true],
  ['KUBE-LOOP-BACK', 'dst,dst,src', '10.0.0.2 10.0.0.1:80', false],
  ['KUBE-NODE-PORT-TCP', 'dst', '1.1.1.1 2.2.2.2:30007', true],
  ['KUBE-NODE-PORT-TCP', 'dst', '1.1.1.1 2.2.2.2:30008', false],
  ['iface', 'src,src', '10.0.0.7 2.2.2.2:1 eth0', true],
  ['iface', 'src,src', '10.0.0.7 2.2.2.2:1 eth1', false],
  ['all', 'src', '10.8.0.1 1.1.1.1:80', true],
  ['all', 'src', '11.8.0.1 1.1.1.1:80', false],
];

for (const [name, directions, question, has] of cases) {
  test(`${name} ${directions} has ${question}: ${has}`, (t) => {
    const [from = '', to = '', inInterface] = question.split(' ');
    const packet = firstPacket(parseQuestion(from, to, inInterface));
    t.is(sets.get(name)?.has(packet, directions.split(',') as ('src' | 'dst')[]), has);
  });
}

test('Ethernet addresses cannot be told', (t) => {
  const packet = firstPacket(parseQuestion('10.0.0.1', '10.0.0.2:80', 'eth0'));
  t.deepEqual(sets.get('macs')?.has(packet, ['src']), {
    unknown: 'svclab cannot tell what is in the ipset macs of type hash:mac',
  });
});
