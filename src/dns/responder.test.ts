import test from 'ava';
import { decode, encode } from 'dns-packet';
import fc from 'fast-check';
import type { Service } from '../kinds/types/service.ts';
import { Responder, type Transport } from './responder.ts';
import { goldenAnswers, goldenOptions, goldenZone } from './testing/golden.ts';
import { createFrameReader, frame } from './wire/frames.ts';
import { zoneChange } from './zone-item.ts';

const responder = new Responder(goldenZone(), goldenOptions);

function queryFor(name: string, id = 7): Buffer {
  return encode({ type: 'query', id, questions: [{ name, type: 'A' }] });
}

const rcodeOf = (reply: Buffer) => (reply[3] ?? 0) & 0xf;

test('several questions, none, or a malformed one: FORMERR', (t) => {
  const questions = [1, 2].map(() => ({ name: 'web.default.svc.cluster.local', type: 'A' as const }));
  const messages = [
    encode({ type: 'query', id: 1, questions }),
    encode({ type: 'query', id: 1, questions: [] }),
    queryFor('web.default.svc.cluster.local').subarray(0, 30),
    Buffer.concat([queryFor('').subarray(0, 12), Buffer.of(0xc0, 0, 0, 1, 0, 1)]),
    Buffer.concat([queryFor('').subarray(0, 12), Buffer.alloc(300, 1)]),
  ];
  for (const message of messages) {
    const reply = responder.respond(message, 'udp');
    t.true(Buffer.isBuffer(reply) && rcodeOf(reply) === 1, message.toString('hex'));
  }
});

test('what is no query gets no answer', (t) => {
  t.is(responder.respond(Buffer.alloc(11), 'udp'), undefined);
  t.is(responder.respond(encode({ type: 'response', id: 1 }), 'udp'), undefined);
});

test('a dot inside a label is no dot between labels', (t) => {
  const message = queryFor('web.default.svc.cluster.local');
  const name = Buffer.from('\x0bweb.default\x03svc\x07cluster\x05local\x00\x00\x01\x00\x01', 'latin1');
  const reply = responder.respond(Buffer.concat([message.subarray(0, 12), name]), 'udp');
  t.true(Buffer.isBuffer(reply) && rcodeOf(reply) === 3);
  t.true(Buffer.isBuffer(reply) && reply.subarray(12, 12 + name.length).equals(name));
});

test('a reply from memory has the new id, and is forgotten when the zone changes', (t) => {
  const zone = goldenZone();
  const own = new Responder(zone, goldenOptions);
  const ask = (id: number) => {
    const reply = own.respond(queryFor('new.default.svc.cluster.local', id), 'udp');
    return Buffer.isBuffer(reply) ? decode(reply) : undefined;
  };
  t.is(ask(1)?.answers?.length, 0);
  t.is(ask(2)?.id, 2);
  const service: Service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'new', namespace: 'default' },
    spec: { type: 'ClusterIP', clusterIP: '10.96.7.7', ports: [{ protocol: 'TCP', port: 80, targetPort: 80 }] },
  };
  zone.apply([zoneChange(service)], 1);
  t.is(ask(3)?.answers?.length, 1);
  t.is(ask(4)?.id, 4);
});

const mutation = fc.record({
  name: fc.constantFrom(...goldenAnswers.map(({ query }) => query)),
  edits: fc.array(fc.tuple(fc.nat(80), fc.nat(255)), { maxLength: 6 }),
  cut: fc.nat(90),
  tail: fc.uint8Array({ maxLength: 40 }),
});

test('nothing that a client sends makes it throw, and every answer can be read and fits', (t) => {
  const check = (message: Buffer, transport: Transport) => {
    const reply = responder.respond(message, transport);
    if (reply === undefined) return;
    t.true(Buffer.isBuffer(reply));
    if (!Buffer.isBuffer(reply)) return;
    t.is(reply.readUInt16BE(0), message.readUInt16BE(0));
    t.notThrows(() => decode(reply));
  };
  fc.assert(
    fc.property(mutation, fc.constantFrom<Transport>('udp', 'tcp'), ({ name, edits, cut, tail }, transport) => {
      const message = Buffer.from(queryFor(name));
      for (const [at, value] of edits) if (at < message.length) message[at] = value;
      check(Buffer.concat([message.subarray(0, Math.max(2, cut)), tail]), transport);
    }),
    { numRuns: 3000 },
  );
  fc.assert(fc.property(fc.uint8Array({ minLength: 2, maxLength: 600 }), (bytes) => check(Buffer.from(bytes), 'udp')));
});

test('frames come out whole however they are cut', (t) => {
  const messages = ['a', '', 'abc'].map((text) => Buffer.from(text));
  const bytes = Buffer.concat(messages.map(frame));
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 4 })), (cuts) => {
      const read = createFrameReader();
      const out: string[] = [];
      let at = 0;
      for (const cut of [...cuts, bytes.length]) {
        out.push(...read(bytes.subarray(at, at + cut)).map(String));
        at += cut;
      }
      t.deepEqual(out, ['a', '', 'abc']);
    }),
  );
});
