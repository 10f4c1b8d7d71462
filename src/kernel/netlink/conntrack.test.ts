import test from 'ava';
import { parseIP } from '../../net/address.ts';
import { CT_DELETE, type Flow, fillDeleteFlow, readFlow } from './conntrack.ts';
import { MessageWriter, readMessages } from './message.ts';

// What Linux 6.18 told of a datagram to 127.0.0.1:5300 that a rule led to 127.0.0.2:53, and of one to [::1]:5301.
const translated =
  '020000003400018014000180080001007f000001080002007f0000011c0002800500010011000000060002009c4000000600030014b400003400028014000180080001007f000002080002007f0000011c00028005000100110000000600020000350000060003009c40000008000300000001a8080008000000000008000c00f8740c8f08000b0000000001080007000000001d';
const plainIPv6 =
  '0a0000004c0001802c000180140003000000000000000000000000000000000114000400000000000000000000000000000000011c0002800500010011000000060002009c4100000600030014b500004c0002802c000180140003000000000000000000000000000000000114000400000000000000000000000000000000011c00028005000100110000000600020014b50000060003009c4100000800030000000008080008000000000008000c00d4c7931708000b0000000001080007000000001d';

function read(hex: string): Flow | undefined {
  return readFlow({ type: 0, flags: 0, sequence: 0, body: Buffer.from(hex, 'hex') });
}

test('a translated IPv4 connection', (t) => {
  t.deepEqual(read(translated), {
    protocol: 17,
    original: {
      source: parseIP('127.0.0.1'),
      destination: parseIP('127.0.0.1'),
      sourcePort: 40000,
      destinationPort: 5300,
    },
    reply: { source: parseIP('127.0.0.2'), destination: parseIP('127.0.0.1'), sourcePort: 53, destinationPort: 40000 },
    id: 0xf8740c8f,
  });
});

test('an IPv6 connection', (t) => {
  const flow = read(plainIPv6);
  t.is(flow?.original.source, parseIP('::1'));
  t.is(flow?.original.destinationPort, 5301);
  t.deepEqual(flow?.reply, {
    source: parseIP('::1'),
    destination: parseIP('::1'),
    sourcePort: 5301,
    destinationPort: 40001,
  });
});

test('cut and foreign messages are passed over', (t) => {
  for (let length = 0; length < 112; length++) {
    t.notThrows(() => read(translated.slice(0, 2 * length)), `${length} bytes`);
  }
  t.is(read('02000000'), undefined);
});

for (const [name, hex] of Object.entries({ ipv4: translated, ipv6: plainIPv6 })) {
  test(`deletion names the connection as the kernel did: ${name}`, (t) => {
    const flow = read(hex);
    if (flow === undefined) return t.fail();
    const writer = new MessageWriter().begin(CT_DELETE, 5, 7);
    fillDeleteFlow(writer, flow);
    writer.finish();
    const [message, ...more] = [...readMessages(Buffer.from(writer.take()))];
    t.deepEqual(more, []);
    t.is(message?.type, 0x102);
    const body = message?.body.toString('hex') ?? '';
    const tupleLength = Number.parseInt(hex.slice(8, 10), 16);
    t.is(body.slice(0, 8 + 2 * tupleLength), hex.slice(0, 8 + 2 * tupleLength), 'header and CTA_TUPLE_ORIG');
    t.is(body.slice(8 + 2 * tupleLength), /08000c00.{8}/.exec(hex)?.[0] ?? 'none', 'CTA_ID');
  });
}
