import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { decode, encode } from 'dns-packet';
import fc from 'fast-check';
import { parseIP } from '../../net/address.ts';
import type { SocketAddress } from '../../net/socket-address.ts';
import { noOutside } from '../outside.ts';
import { Responder } from '../responder.ts';
import { goldenOptions, goldenZone } from '../testing/golden.ts';
import { createFrameReader, frame } from '../wire/frames.ts';
import { dialHere } from './dial.ts';
import { Forwarder } from './forwarder.ts';
import { answerTo, udpSocket } from './udp.ts';

const host = '127.0.0.1';
const zone = goldenZone();
const name = 'www.example.com';
type Say = (query: Buffer) => readonly Buffer[];

const silent: Say = () => [];

/** A server that says to each query what it is told to, over UDP and over TCP at one port. */
async function startServer(t: ExecutionContext, byUdp: Say, byTcp: Say = silent) {
  const asked: string[] = [];
  const tcp = createServer((socket) => {
    const read = createFrameReader();
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => {
      for (const query of read(chunk)) {
        asked.push('tcp');
        for (const reply of byTcp(query)) socket.write(frame(reply));
      }
    });
  });
  tcp.listen(0, host);
  await once(tcp, 'listening');
  const { port } = tcp.address() as AddressInfo;
  const udp = udpSocket(host);
  udp.on('message', (query, from) => {
    asked.push('udp');
    for (const reply of byUdp(query)) answerTo(udp, reply, from);
  });
  const listening = once(udp, 'listening');
  udp.bind(port, host);
  await listening;
  t.teardown(() => {
    udp.close();
    tcp.close();
  });
  return { asked, at: { address: parseIP(host), port } };
}

function replyTo(query: Buffer, address: string, truncated = false): Buffer {
  const { id = 0, questions = [] } = decode(query);
  const answers = truncated ? [] : [{ type: 'A' as const, name, ttl: 7, data: address }];
  return encode({ type: 'response', id, flags: truncated ? 0x0200 : 0, questions, answers });
}

const says =
  (address: string): Say =>
  (query) => [replyTo(query, address)];

const nobody: SocketAddress = { address: parseIP(host), port: 9 };

/** What a client is told about a name that these servers are asked about. */
async function ask(upstreams: readonly SocketAddress[], forwarder = new Forwarder(), asked = name) {
  const responder = new Responder(zone, goldenOptions, { ...noOutside, upstreams });
  const query = encode({ type: 'query', id: 77, flags: 0x100, questions: [{ name: asked, type: 'A' }] });
  const response = responder.respond(query, 'udp');
  if (response === undefined || Buffer.isBuffer(response)) throw new Error('nobody was to be asked');
  const { id, answers = [], ...header } = decode(await forwarder.forward(response));
  const data = answers.map((record) => ('data' in record ? String(record.data) : record.type));
  return [id, (header as { readonly rcode?: string }).rcode, ...data];
}

test.serial('the first server that answers is believed', async (t) => {
  const first = await startServer(t, says('203.0.113.1'));
  const second = await startServer(t, says('203.0.113.2'));
  t.deepEqual(await ask([first.at, second.at]), [77, 'NOERROR', '203.0.113.1']);
  t.deepEqual(second.asked, []);
});

test.serial(
  'a closed port, then a silent server, then one that answers; the silent one is asked last from then on',
  async (t) => {
    const mute = await startServer(t, silent);
    const second = await startServer(t, says('203.0.113.2'));
    const forwarder = new Forwarder();
    for (const _ of [1, 2, 3]) {
      t.deepEqual(await ask([nobody, mute.at, second.at], forwarder), [77, 'NOERROR', '203.0.113.2']);
    }
    t.is(mute.asked.length, 1);
    t.is(second.asked.length, 3);
  },
);

test.serial('nobody answers: SERVFAIL', async (t) => {
  const mute = await startServer(t, silent);
  t.deepEqual(await ask([nobody, mute.at]), [77, 'SERVFAIL']);
});

test.serial('a truncated answer is asked for again over TCP', async (t) => {
  const server = await startServer(t, (query) => [replyTo(query, '', true)], says('203.0.113.3'));
  t.deepEqual(await ask([server.at]), [77, 'NOERROR', '203.0.113.3']);
  t.deepEqual(server.asked, ['udp', 'tcp']);
});

test.serial('an alias that leads out of the cluster is followed over TCP, too', async (t) => {
  const server = await startServer(t, (query) => [replyTo(query, '', true)], says('203.0.113.3'));
  const found = await ask([server.at], new Forwarder(), 'my-service.prod.svc.cluster.local');
  t.deepEqual(found, [77, 'NOERROR', 'my.database.example.com', '203.0.113.3']);
});

test.serial('replies to other questions and with other ids are not believed', async (t) => {
  const server = await startServer(t, (query) => {
    const otherId = replyTo(query, '203.0.113.66');
    otherId.writeUInt16BE(query.readUInt16BE(0) ^ 1, 0);
    const otherName = encode({
      type: 'response',
      id: query.readUInt16BE(0),
      questions: [{ name: 'evil.example.com', type: 'A' }],
      answers: [{ type: 'A', name: 'evil.example.com', data: '203.0.113.66' }],
    });
    return [query, otherId, otherName, replyTo(query, '203.0.113.4')];
  });
  t.deepEqual(await ask([server.at]), [77, 'NOERROR', '203.0.113.4']);
});

test.serial('more than a thousand questions at once fail at once', async (t) => {
  const mute = await startServer(t, silent);
  const forwarder = new Forwarder();
  const answers = await Promise.all(Array.from({ length: 1200 }, () => ask([mute.at], forwarder)));
  t.true(answers.every(([, rcode]) => rcode === 'SERVFAIL'));
  t.true(mute.asked.length <= 1000);
});

test.serial('no socket to be had: SERVFAIL', async (t) => {
  const fail = () => {
    throw new Error('EMFILE');
  };
  t.deepEqual(await ask([nobody], new Forwarder({ udp: fail, tcp: fail })), [77, 'SERVFAIL']);
  const server = await startServer(t, (query) => [replyTo(query, '', true)]);
  const [, rcode] = await ask([server.at], new Forwarder({ ...dialHere, tcp: fail }));
  t.is(rcode, 'NOERROR', 'the truncated answer is better than none');
});

test.serial('nothing that a server says makes it throw', async (t) => {
  const header = fc.record({ flags: fc.nat(0x7fff), counts: fc.array(fc.nat(4), { minLength: 3, maxLength: 3 }) });
  const body = fc.uint8Array({ maxLength: 80 });
  const edits = fc.array(fc.tuple(fc.integer({ min: 12, max: 90 }), fc.nat(255)), { maxLength: 5 });
  let say: Say = silent;
  const server = await startServer(
    t,
    (query) => say(query),
    (query) => say(query),
  );
  const names = fc.constantFrom(name, 'my-service.prod.svc.cluster.local');
  await fc.assert(
    fc.asyncProperty(
      header,
      body,
      edits,
      fc.boolean(),
      names,
      async ({ flags, counts }, bytes, changes, whole, asked) => {
        say = (query) => {
          const reply = whole ? replyTo(query, '203.0.113.5') : Buffer.concat([query, bytes]);
          for (const [at, value] of changes) if (at < reply.length) reply[at] = value;
          reply.writeUInt16BE(0x8000 | flags, 2);
          if (!whole) for (const [at, count] of counts.entries()) reply.writeUInt16BE(count, 6 + 2 * at);
          reply.writeUInt16BE(0, 4);
          return [reply];
        };
        const [id] = await ask([server.at], new Forwarder(), asked);
        t.is(id, 77);
      },
    ),
    { numRuns: 500 },
  );
});
