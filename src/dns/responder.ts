import { encode } from 'dns-packet';
import type { SocketAddress } from '../net/socket-address.ts';
import { answer, type ZoneAnswer } from './answer.ts';
import type { DnsOptions } from './options.ts';
import { hostAddresses, hostNames, noOutside, type Outside, serversFor } from './outside.ts';
import { addressRecord, type ZoneRecord } from './records.ts';
import { followedRecords, isReadable } from './wire/followed.ts';
import { type Query, readQuery } from './wire/query.ts';
import { encodeRefusal, encodeReply, type Reply, type ReplyContent, relayReply, replyLimit } from './wire/reply.ts';
import type { Zone } from './zone.ts';

/** How a query came in. */
export type Transport = 'udp' | 'tcp';

/** A query that needs another server first: what to ask whom, and what to make of the reply, if there is one. */
export interface Forwarding {
  readonly servers: readonly SocketAddress[];
  readonly message: Buffer;
  readonly finish: (reply: Buffer | undefined) => Buffer;
}

/** What to do about a message: send these bytes, ask somebody else first, or nothing. */
export type Response = Buffer | Forwarding | undefined;

interface Cached extends Reply {
  /** How often it was sent. */
  uses: number;
}

const cacheLimit = 20_000;
const longestKey = 300;

/**
 * Answers DNS messages for a zone, bytes in and bytes out. Replies are encoded once and kept until the zone changes;
 * several addresses come in another order every time (CoreDNS's plugins cache and loadbalance, as kubeadm sets them up).
 */
export class Responder {
  readonly #zone: Zone;
  readonly #options: DnsOptions;
  readonly #outside: Outside;
  readonly #cache = { udp: new Map<string, Cached>(), tcp: new Map<string, Cached>() };
  #version = -1;

  constructor(zone: Zone, options: DnsOptions, outside: Outside = noOutside) {
    this.#zone = zone;
    this.#options = options;
    this.#outside = outside;
  }

  /** What to do about a message. Nothing that a client sends makes it throw. */
  respond(message: Buffer, transport: Transport): Response {
    if (this.#version !== this.#zone.version) this.#forget();
    const cache = this.#cache[transport];
    const key = message.length > longestKey ? undefined : message.toString('latin1', 2);
    const cached = key === undefined ? undefined : cache.get(key);
    if (cached !== undefined) return replay(cached, message);
    const query = readQuery(message);
    if (query === undefined) return undefined;
    if ('bad' in query) return encodeRefusal(query);
    const reply = this.#reply(query, message, replyLimit(query, transport));
    if ('finish' in reply) return reply;
    if (key !== undefined) {
      if (cache.size >= cacheLimit) cache.clear();
      cache.set(key, { ...reply, uses: 0 });
    }
    return reply.bytes;
  }

  #forget(): void {
    this.#version = this.#zone.version;
    this.#cache.udp.clear();
    this.#cache.tcp.clear();
  }

  #reply(query: Query, message: Buffer, limit: number): Reply | Forwarding {
    const plain = (content: ReplyContent) => encodeReply(query, content, limit);
    if (query.class !== 1) return plain({ rcode: 'REFUSED' });
    if (query.edns !== undefined && query.edns.version !== 0) return plain({ rcode: 'BADVERS' });
    const given = answer(query.question, this.#zone, this.#options);
    if (given === 'next') return this.#outsideReply(query, message, limit);
    return given.follow === undefined ? plain(given) : this.#followed(query, given, given.follow, limit);
  }

  /** A name that is not the cluster's. */
  #outsideReply(query: Query, message: Buffer, limit: number): Reply | Forwarding {
    const { labels, type } = query.question;
    const name = labels.join('.');
    const addresses = hostAddresses(name, this.#outside);
    if (addresses !== undefined) {
      const answers = addresses.map((ip) => addressRecord(name, ip, this.#options.ttl));
      const wanted = answers.filter((record) => record.type === type);
      return encodeReply(query, { rcode: 'NOERROR', authoritative: true, answers: wanted }, limit);
    }
    const names = type === 'PTR' ? hostNames(name, this.#outside) : [];
    if (names.length > 0) {
      const answers = names.map((data): ZoneRecord => ({ name, type: 'PTR', ttl: this.#options.ttl, data }));
      return encodeReply(query, { rcode: 'NOERROR', authoritative: true, answers }, limit);
    }
    const failed = encodeReply(query, { rcode: 'SERVFAIL' }, limit);
    const servers = serversFor(name, this.#outside);
    if (servers.length === 0) return failed;
    return {
      servers,
      message,
      finish: (reply) => (reply === undefined || !isReadable(reply) ? failed.bytes : relayReply(query, reply, limit)),
    };
  }

  /** An alias that leads out of the cluster: what is known of its target comes into the answer. */
  #followed(query: Query, given: ZoneAnswer, target: string, limit: number): Reply | Forwarding {
    const { type } = query.question;
    const known = hostAddresses(target, this.#outside)?.map((ip) => addressRecord(target, ip, this.#options.ttl));
    const withAnswers = (more: readonly ZoneRecord[]) =>
      encodeReply(query, { ...given, answers: [...given.answers, ...more] }, limit);
    if (known !== undefined) return withAnswers(known.filter((record) => record.type === type));
    const servers = serversFor(target, this.#outside);
    if (servers.length === 0 || (type !== 'A' && type !== 'AAAA')) return withAnswers([]);
    const message = encode({ type: 'query', flags: 0x100, questions: [{ name: target, type }] });
    return {
      servers,
      message,
      finish: (reply) => withAnswers(reply === undefined ? [] : followedRecords(reply)).bytes,
    };
  }
}

/** The bytes for another client, its addresses turned by one more place. */
function replay(cached: Cached, message: Buffer): Buffer {
  const { bytes, addresses } = cached;
  const copy = Buffer.allocUnsafe(bytes.length);
  bytes.copy(copy);
  copy[0] = message[0] ?? 0;
  copy[1] = message[1] ?? 0;
  cached.uses++;
  if (addresses === undefined) return copy;
  const { at, size, count } = addresses;
  const shift = (cached.uses % count) * size;
  bytes.copy(copy, at, at + shift, at + count * size);
  bytes.copy(copy, at + count * size - shift, at, at + shift);
  return copy;
}
