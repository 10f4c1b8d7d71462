import test from 'ava';
import { follow, parseConntrack } from './conntrack.ts';

// conntrack v1.4.7 on node1 and node2: a client on 192.168.56.1 asks node1's NodePort 30080, served by 10.244.2.5.
const node1 = `tcp      6 117 TIME_WAIT src=192.168.56.1 dst=192.168.56.11 sport=40000 dport=30080 src=10.244.2.5 dst=10.244.1.0 sport=80 dport=51234 [ASSURED] mark=0 use=1
udp      17 29 src=10.244.1.7 dst=10.96.0.10 sport=53111 dport=53 [UNREPLIED] src=10.244.1.3 dst=10.244.1.7 sport=53 dport=53111 mark=0 use=1
icmp     1 29 src=10.244.1.7 dst=10.244.1.3 type=8 code=0 id=1 src=10.244.1.3 dst=10.244.1.7 type=0 code=0 id=1 mark=0 use=1
`;
const node2 = `tcp      6 117 TIME_WAIT src=10.244.1.0 dst=10.244.2.5 sport=51234 dport=80 src=10.244.2.5 dst=10.244.1.0 sport=80 dport=51234 [ASSURED] mark=0 use=1
`;

test('entries of TCP and UDP', (t) => {
  const entries = parseConntrack(node1);
  t.is(entries.length, 2);
  t.deepEqual(entries[1], {
    original: { src: '10.244.1.7', dst: '10.96.0.10', sport: 53111, dport: 53 },
    reply: { src: '10.244.1.3', dst: '10.244.1.7', sport: 53, dport: 53111 },
  });
});

test('a connection is followed through the translations of its nodes', (t) => {
  const tables = [parseConntrack(node2), parseConntrack(node1)];
  const start = { src: '192.168.56.1', dst: '192.168.56.11', sport: 40000, dport: 30080 };
  t.deepEqual(follow(start, tables), { src: '10.244.1.0', dst: '10.244.2.5', sport: 51234, dport: 80 });
});

test('a second translation on another node', (t) => {
  const far = parseConntrack(
    'tcp 6 9 ESTABLISHED src=10.244.1.0 dst=10.244.2.5 sport=51234 dport=80 src=10.244.3.3 dst=10.244.2.1 sport=8080 dport=6000 use=1\n',
  );
  const start = { src: '192.168.56.1', dst: '192.168.56.11', sport: 40000, dport: 30080 };
  t.deepEqual(follow(start, [far, parseConntrack(node1)]), {
    src: '10.244.2.1',
    dst: '10.244.3.3',
    sport: 6000,
    dport: 8080,
  });
});

test('an entry of the way back is not followed to the client itself', (t) => {
  const backwards = parseConntrack(
    'tcp 6 9 ESTABLISHED src=192.168.56.1 dst=192.168.56.11 sport=40000 dport=30080 src=192.168.56.1 dst=10.244.2.5 sport=40000 dport=80 use=1\n',
  );
  const start = { src: '192.168.56.1', dst: '192.168.56.11', sport: 40000, dport: 30080 };
  t.deepEqual(follow(start, [backwards]), start);
  t.deepEqual(follow(start, [backwards, parseConntrack(node1)]).dst, '10.244.2.5');
});

test('an untracked connection stays what it was', (t) => {
  const start = { src: '10.244.1.7', dst: '10.244.1.2', sport: 1, dport: 2 };
  t.deepEqual(follow(start, [parseConntrack(node1)]), start);
});
