import { randomInt } from 'node:crypto';
import { hostPort } from '../../net/address.ts';
import type { SocketAddress } from '../../net/socket-address.ts';
import type { Forwarding } from '../responder.ts';
import { createFrameReader, frame } from '../wire/frames.ts';
import { type Dial, dialHere } from './dial.ts';

/** Milliseconds for one server and for all of them, as of CoreDNS's plugin forward; resolvers give up after five seconds. */
const patience = { server: 2_000, all: 5_000 };
/** Milliseconds for which a server that did not answer is asked last. */
const distrustMs = 5_000;
/** Questions under way at once, as kubeadm's Corefile limits them. */
const mostAtOnce = 1_000;
const truncated = 0x0200;

type Settle = (reply?: Buffer) => void;

/** One conversation with a server: settles once, with a reply or without one, and is closed then. */
function converse(milliseconds: number, start: (settle: Settle) => () => void): Promise<Buffer | undefined> {
  const { promise, resolve } = Promise.withResolvers<Buffer | undefined>();
  let close: (() => void) | undefined;
  const settle: Settle = (reply) => {
    clearTimeout(timer);
    resolve(reply);
    setImmediate(() => {
      close?.();
      close = undefined;
    });
  };
  const timer = setTimeout(settle, milliseconds);
  try {
    close = start(settle);
  } catch {
    settle();
  }
  return promise;
}

/** Whether the message is the reply to the query: the same id, and the same question if it repeats one. */
function isReply(message: Buffer, query: Buffer): boolean {
  if (message.length < 12 || message.readUInt16BE(0) !== query.readUInt16BE(0) || (message[2] ?? 0) < 0x80)
    return false;
  if (message.readUInt16BE(4) !== 1) return true;
  const end = message.indexOf(0, 12) + 5;
  return message.subarray(12, end).toString('latin1').toLowerCase() === query.toString('latin1', 12, end).toLowerCase();
}

/**
 * Asks other servers about names that are not the cluster's. One after another: the first that answers is believed,
 * whatever it says. A truncated answer is asked for again over TCP.
 */
export class Forwarder {
  readonly #dial: Dial;
  /** When each server last gave no answer. */
  readonly #silent = new Map<string, number>();
  #underWay = 0;

  constructor(dial: Dial = dialHere) {
    this.#dial = dial;
  }

  /** The bytes for the client, within five seconds; never throws. Without an answer they say SERVFAIL. */
  async forward({ servers, message, finish }: Forwarding): Promise<Buffer> {
    if (this.#underWay >= mostAtOnce) return finish(undefined);
    this.#underWay++;
    const reply = await this.#firstReply(servers, message);
    this.#underWay--;
    try {
      return finish(reply);
    } catch {
      return finish(undefined);
    }
  }

  async #firstReply(servers: readonly SocketAddress[], message: Buffer): Promise<Buffer | undefined> {
    const query = Buffer.from(message);
    query.writeUInt16BE(randomInt(0x10000), 0);
    const deadline = performance.now() + patience.all;
    for (const server of this.#inOrder(servers)) {
      const left = deadline - performance.now();
      const reply = left <= 0 ? undefined : await this.#ask(query, server, Math.min(patience.server, left));
      if (reply !== undefined) return reply;
    }
    return undefined;
  }

  /** Those that were silent of late come last. */
  #inOrder(servers: readonly SocketAddress[]): readonly SocketAddress[] {
    const now = performance.now();
    const wasSilent = (server: SocketAddress) => now - (this.#silent.get(keyOf(server)) ?? -distrustMs) < distrustMs;
    return [...servers.filter((server) => !wasSilent(server)), ...servers.filter(wasSilent)];
  }

  async #ask(query: Buffer, server: SocketAddress, milliseconds: number): Promise<Buffer | undefined> {
    const reply = await this.#askByUdp(query, server, milliseconds);
    if (reply === undefined) this.#silent.set(keyOf(server), performance.now());
    else this.#silent.delete(keyOf(server));
    if (reply === undefined || (reply.readUInt16BE(2) & truncated) === 0) return reply;
    return (await this.#askByTcp(query, server, milliseconds)) ?? reply;
  }

  #askByUdp(query: Buffer, server: SocketAddress, milliseconds: number): Promise<Buffer | undefined> {
    return converse(milliseconds, (settle) => {
      const socket = this.#dial.udp(server);
      socket.on('message', (message) => {
        if (isReply(message, query)) settle(message);
      });
      socket.on('error', () => settle());
      socket.on('connect', () => socket.send(query, ignore));
      return () => socket.close();
    });
  }

  #askByTcp(query: Buffer, server: SocketAddress, milliseconds: number): Promise<Buffer | undefined> {
    return converse(milliseconds, (settle) => {
      const socket = this.#dial.tcp(server);
      const read = createFrameReader();
      socket.on('data', (chunk) => {
        const reply = read(chunk).find((message) => isReply(message, query));
        if (reply !== undefined) settle(reply);
      });
      socket.on('error', () => settle());
      socket.on('close', () => settle());
      socket.write(frame(query));
      return () => socket.destroy();
    });
  }
}

function keyOf({ address, port }: SocketAddress): string {
  return hostPort(address, port);
}

/** What cannot be sent is asked of the next server: the socket tells of it, or nothing comes back. */
function ignore(): void {}
