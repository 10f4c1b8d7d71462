import test from 'ava';
import { parsePing } from './ping.ts';

const head = 'PING 10.1.0.1 (10.1.0.1) 56(84) bytes of data.\n';
const tail = '\n--- 10.1.0.1 ping statistics ---\n1 packets transmitted, 0 received, 100% packet loss, time 0ms\n\n';

const cases: readonly (readonly [string, string, string, ReturnType<typeof parsePing>])[] = [
  [
    'a reply',
    `${head}64 bytes from 10.1.0.1: icmp_seq=1 ttl=64 time=0.046 ms\n${tail}`,
    '',
    { outcome: 'delivered', endpoint: '10.1.0.1' },
  ],
  [
    'a reply over IPv6',
    'PING fd00::1(fd00::1) 56 data bytes\n64 bytes from fd00::1: icmp_seq=1 ttl=64 time=0.05 ms\n',
    '',
    { outcome: 'delivered', endpoint: 'fd00::1' },
  ],
  ['silence', head + tail, '', { outcome: 'dropped' }],
  [
    'a REJECT rule',
    `${head}From 10.1.0.1 icmp_seq=1 Destination Port Unreachable\n${tail}`,
    '',
    { outcome: 'refused', message: 'Destination Port Unreachable' },
  ],
  [
    'a router without a route',
    `${head}From 10.1.0.1 icmp_seq=1 Destination Net Unreachable\n${tail}`,
    '',
    { outcome: 'unreachable', message: 'Destination Net Unreachable' },
  ],
  [
    'a neighbour that does not answer',
    `${head}From 10.1.1.1 icmp_seq=1 Destination Host Unreachable\n${tail}`,
    '',
    { outcome: 'unreachable', message: 'Destination Host Unreachable' },
  ],
  [
    'a routing loop',
    `${head}From 10.1.1.1 icmp_seq=1 Time to live exceeded\n${tail}`,
    '',
    { outcome: 'dropped', message: 'Time to live exceeded' },
  ],
  [
    'no route here',
    '',
    '/usr/bin/ping: connect: No route to host\n',
    { outcome: 'unreachable', message: 'No route to host' },
  ],
  [
    'no network here',
    '',
    'ping: connect: Network is unreachable\n',
    { outcome: 'unreachable', message: 'Network is unreachable' },
  ],
  [
    'a blackhole route here',
    '',
    'ping: connect: Invalid argument\n',
    { outcome: 'dropped', message: 'Invalid argument' },
  ],
];

for (const [name, stdout, stderr, expected] of cases) {
  test(name, (t) => {
    t.deepEqual(parsePing(stdout, stderr), expected);
  });
}
