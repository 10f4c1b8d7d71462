import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { encode } from 'dns-packet';

/*
 * Arguments: the address of a DNS server, a seed, a number of messages. Sends broken messages over UDP and TCP and never
 * waits for what they come to; then prints `sound` when a whole one is answered over both.
 */
const [server = '', seed = '0', count = '0'] = process.argv.slice(2);

/** Mulberry32: the same numbers for the same seed. */
let state = Number(seed) >>> 0;
function random(below: number): number {
  state = (state + 0x6d2b79f5) >>> 0;
  let mixed = Math.imul(state ^ (state >>> 15), state | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
}

const names = [
  'kube-dns.kube-system.svc.cluster.local',
  'www.example.com',
  'cluster.local',
  '10.0.96.10.in-addr.arpa',
  '.',
];
/** A, NS, SOA, PTR, TXT, AAAA, SRV, OPT, an unknown one, AXFR, ANY. */
const types = [1, 2, 6, 12, 16, 28, 33, 41, 65, 252, 255];

function question(): Buffer {
  const bytes = encode({ questions: [{ name: names[random(names.length)] ?? '.', type: 'A' }] }).subarray(12);
  bytes.writeUInt16BE(types[random(types.length)] ?? 1, bytes.length - 4);
  return bytes;
}

/** A message with one question, as a rule, and perhaps EDNS with some size. */
function whole(): Buffer {
  const questions = Array.from({ length: random(8) === 0 ? random(4) : 1 }, question);
  const opt = random(2) === 0 ? [Buffer.of(0, 0, 41, random(256), random(256), 0, 0, 0, 0, 0, 0)] : [];
  const header = Buffer.alloc(12);
  header.writeUInt16BE(random(65_536), 0);
  header.writeUInt16BE(questions.length, 4);
  header.writeUInt16BE(opt.length, 10);
  return Buffer.concat([header, ...questions, ...opt]);
}

/** Bytes changed, cut off or added. */
function broken(): Buffer {
  const message = whole();
  for (let edits = random(8); edits > 0; edits--) message[random(message.length)] = random(256);
  const kept = random(3) === 0 ? message.subarray(0, random(message.length + 1)) : message;
  return random(4) === 0 ? Buffer.concat([kept, Buffer.alloc(random(600), random(256))]) : kept;
}

function framed(message: Buffer, length = message.length): Buffer {
  return Buffer.concat([Buffer.of(length >> 8, length & 255), message]);
}

async function fuzzUdp(messages: number): Promise<void> {
  const socket = createSocket('udp4');
  for (let at = 0; at < messages; at++) {
    socket.send(broken(), 53, server);
    if (at % 50 === 0) await sleep(1);
  }
  await sleep(200);
  socket.close();
}

/** One connection with some messages, whose lengths may lie, cut into pieces, and ended in one way or another. */
function fuzzTcp(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const socket = connect(53, server);
  const frames = Array.from({ length: random(6) }, () =>
    framed(broken(), random(5) === 0 ? random(65_536) : undefined),
  );
  const bytes = Buffer.concat(frames);
  socket.on('error', () => undefined);
  socket.on('close', () => resolve());
  socket.on('connect', async () => {
    for (let at = 0; at < bytes.length; ) {
      const size = 1 + random(200);
      socket.write(bytes.subarray(at, at + size));
      at += size;
      if (random(4) === 0) await sleep(1);
    }
    if (random(2) === 0) socket.resetAndDestroy();
    else socket.end();
    setTimeout(() => socket.destroy(), 300);
  });
  return promise;
}

const lastQuestion = encode({ type: 'query', id: 7, questions: [{ name: names[0] ?? '', type: 'A' }] });

function isAnswer(message: Buffer): boolean {
  return message.readUInt16BE(0) === 7 && (message[3] ?? 0) % 16 === 0 && message.readUInt16BE(6) === 1;
}

function askByUdp(): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = createSocket('udp4');
  socket.on('message', (message) => {
    resolve(isAnswer(message));
    socket.close();
  });
  socket.send(lastQuestion, 53, server);
  return promise;
}

function askByTcp(): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect(53, server, () => socket.write(framed(lastQuestion)));
  let received: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk) => {
    received = Buffer.concat([received, chunk]);
    if (received.length < 2 || received.length < 2 + received.readUInt16BE(0)) return;
    resolve(isAnswer(received.subarray(2)));
    socket.destroy();
  });
  return promise;
}

const rounds = Number(count);
await fuzzUdp(rounds);
for (let at = 0; at < rounds / 200; at++) await Promise.all(Array.from({ length: 10 }, fuzzTcp));
if ((await askByUdp()) && (await askByTcp())) process.stdout.write('sound\n');
process.exit(0);
