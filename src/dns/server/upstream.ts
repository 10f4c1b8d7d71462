import { randomInt } from 'node:crypto';
import { connect } from 'node:net';
import type { SocketAddress } from '../../net/socket-address.ts';
import type { Forwarding } from '../responder.ts';
import { createFrameReader, frame } from '../wire/frames.ts';
import { udpSocket } from './udp.ts';

const patienceMs = 2_000;
const truncated = 0x0200;

/** One conversation with a server: settles once, with a reply or without one, and is closed then. */
function converse(start: (settle: (reply: Buffer | undefined) => void) => () => void): Promise<Buffer | undefined> {
  const { promise, resolve } = Promise.withResolvers<Buffer | undefined>();
  let settled = false;
  const settle = (reply: Buffer | undefined): void => {
    if (settled) return;
    settled = true;
    clearTimeout(timer);
    setImmediate(close);
    resolve(reply);
  };
  const timer = setTimeout(settle, patienceMs, undefined);
  const close = start(settle);
  return promise;
}

/** Whether the message is the reply to the query: the same id, and the same question. */
function isReply(message: Buffer, query: Buffer): boolean {
  if (message.length < 12 || message.readUInt16BE(0) !== query.readUInt16BE(0) || (message[2] ?? 0) < 0x80)
    return false;
  if (message.readUInt16BE(4) !== 1) return true;
  const end = message.indexOf(0, 12) + 5;
  return message.subarray(12, end).toString('latin1').toLowerCase() === query.toString('latin1', 12, end).toLowerCase();
}

function askByUdp(query: Buffer, { address, port }: SocketAddress): Promise<Buffer | undefined> {
  return converse((settle) => {
    const socket = udpSocket(address);
    socket.on('message', (message, from) => {
      if (from.port === port && isReply(message, query)) settle(message);
    });
    socket.on('error', () => settle(undefined));
    socket.connect(port, address, () => socket.send(query));
    return () => socket.close();
  });
}

function askByTcp(query: Buffer, { address, port }: SocketAddress): Promise<Buffer | undefined> {
  return converse((settle) => {
    const socket = connect({ host: address, port });
    const read = createFrameReader();
    socket.on('data', (chunk) => {
      const reply = read(chunk).find((message) => isReply(message, query));
      if (reply !== undefined) settle(reply);
    });
    socket.on('error', () => settle(undefined));
    socket.on('close', () => settle(undefined));
    socket.end(frame(query));
    return () => socket.destroy();
  });
}

async function ask(query: Buffer, server: SocketAddress): Promise<Buffer | undefined> {
  const reply = await askByUdp(query, server);
  if (reply === undefined || (reply.readUInt16BE(2) & truncated) === 0) return reply;
  return (await askByTcp(query, server)) ?? reply;
}

/** Asks the servers one after another, each for two seconds, and gives the bytes for the client. */
export async function forward({ servers, message, finish }: Forwarding): Promise<Buffer> {
  const query = Buffer.from(message);
  query.writeUInt16BE(randomInt(0x10000), 0);
  for (const server of servers) {
    const reply = await ask(query, server);
    if (reply !== undefined) return finish(reply);
  }
  return finish(undefined);
}
