import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import test from 'ava';
import { type DecodedPacket, decode, encode } from 'dns-packet';
import { createFrameReader, frame } from '../../dns/wire/frames.ts';
import type { ZoneChange } from '../../dns/zone-item.ts';
import { coredns } from '../images/coredns.ts';
import { testEnds, testIdentity } from '../testing.ts';
import { NamesWhenAsked } from './names-when-asked.ts';

const dns = { clusterDomain: 'cluster.local', upstreams: [], stubDomains: [], hosts: [] };
const question = encode({
  type: 'query',
  id: 7,
  questions: [{ type: 'A', name: 'web.default.svc.cluster.local' }],
});

function web(ip: string): readonly ZoneChange[] {
  const ports = [{ name: 'http', protocol: 'TCP', port: 80 }];
  const service = { kind: 'service', namespace: 'default', name: 'web', clusterIPs: [ip], ports } as const;
  return [
    { key: 'Namespace default', item: { kind: 'namespace', namespace: 'default' } },
    { key: 'Service default/web', item: service },
  ];
}

function server() {
  const { datagram, connection } = coredns.behaviours.dns?.(testIdentity('coredns'), '', '') ?? {};
  if (datagram === undefined || connection === undefined) throw new Error('CoreDNS has no handlers');
  return { datagram, connection };
}

const addressIn = ({ answers = [] }: DecodedPacket) => answers.map((one) => (one.type === 'A' ? one.data : one.type));

test.serial('a datagram: what was told before the first question is answered, and what came later', async (t) => {
  const names = new NamesWhenAsked(dns);
  const { datagram } = server();
  names.change(web('10.96.7.6'), 1);
  names.change(web('10.96.7.7'), 2);
  const first = await datagram(question, testEnds);
  t.deepEqual(Buffer.isBuffer(first) && addressIn(decode(first)), ['10.96.7.7']);
  names.change(web('10.96.7.8'), 3);
  const second = datagram(question, testEnds);
  t.deepEqual(Buffer.isBuffer(second) && addressIn(decode(second)), ['10.96.7.8'], 'at once');
});

test.serial('malformed datagrams have no answer, the first one neither', async (t) => {
  new NamesWhenAsked(dns).change(web('10.96.7.7'), 1);
  const { datagram } = server();
  t.is(await datagram(Buffer.from('x'), testEnds), undefined);
});

test.serial('a connection waits, and loses nothing of what came in', async (t) => {
  const names = new NamesWhenAsked(dns);
  names.change(web('10.96.7.7'), 1);
  const { connection } = server();
  const listening = createServer({ allowHalfOpen: true }, (socket) => connection(socket, frame(question)));
  await once(listening.listen(0, '127.0.0.1'), 'listening');
  const client = connect((listening.address() as AddressInfo).port, '127.0.0.1');
  client.end(Buffer.concat([frame(question), frame(question)]));
  const read = createFrameReader();
  const answers: unknown[] = [];
  for await (const chunk of client) for (const message of read(chunk)) answers.push(addressIn(decode(message)));
  t.deepEqual(answers, [['10.96.7.7'], ['10.96.7.7'], ['10.96.7.7']]);
  listening.close();
});
