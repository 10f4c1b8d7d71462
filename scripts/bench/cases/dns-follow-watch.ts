import { createSocket } from 'node:dgram';
import { decode, encode } from 'dns-packet';
import type { DnsFollowLine } from './dns-follow.ts';

/* Asks kube-dns about a headless Service every millisecond, and prints a line for each answer that differs. */
const query = encode({ type: 'query', id: 1, questions: [{ name: 'peers.default.svc.cluster.local', type: 'A' }] });
const socket = createSocket('udp4');
let before = 0;
socket.on('message', (message) => {
  const at = Number(process.hrtime.bigint()) / 1e6;
  const addresses = decode(message).answers?.length ?? 0;
  if (addresses !== before) process.stdout.write(`${JSON.stringify({ addresses, at } satisfies DnsFollowLine)}\n`);
  before = addresses;
});
setInterval(() => socket.send(query, 53, '10.96.0.10'), 1);
