import { encode } from 'dns-packet';
import type { ZoneRecord } from '../records.ts';
import { NameTable } from './name-table.ts';
import { type BadQuery, type Edns, type Query, type Rcode, rcodes } from './query.ts';

/** What a reply says besides its question. */
export interface ReplyContent {
  readonly rcode: Rcode;
  readonly authoritative?: boolean;
  readonly answers?: readonly ZoneRecord[];
  readonly authorities?: readonly ZoneRecord[];
  readonly additionals?: readonly ZoneRecord[];
}

/** A reply, ready to be sent. */
export interface Reply {
  readonly bytes: Buffer;
  /** The address records at the end of the answer, all of one size, which may stand in any order. */
  readonly addresses?: { readonly at: number; readonly size: number; readonly count: number };
}

const flag = { response: 0x8000, authoritative: 0x0400, truncated: 0x0200 };
const headerSize = 12;
const ednsSize = 11;

function header(query: Query | BadQuery, flags: number, rcode: Rcode, counts: readonly number[]): Buffer {
  const bytes = Buffer.alloc(headerSize);
  bytes.writeUInt16BE(query.id, 0);
  bytes.writeUInt16BE(flag.response | query.flags | flags | (rcodes[rcode] & 0xf), 2);
  for (const [at, count] of counts.entries()) bytes.writeUInt16BE(count, 4 + 2 * at);
  return bytes;
}

/** The reply's OPT record: the client's size and DO bit come back, as CoreDNS sends them. */
function ednsBytes({ udpSize, dnssecOk }: Edns, rcode: Rcode): Buffer {
  const bytes = Buffer.alloc(ednsSize);
  bytes.writeUInt16BE(41, 1);
  bytes.writeUInt16BE(Math.max(512, udpSize), 3);
  bytes.writeUInt8(rcodes[rcode] >> 4, 5);
  bytes.writeUInt16BE(dnssecOk ? 0x8000 : 0, 7);
  return bytes;
}

/** Bytes of a record after its owner's name. */
function recordBytes(record: ZoneRecord): Buffer {
  return encode({ answers: [{ ...record, name: '.' }] }).subarray(headerSize + 1);
}

interface Section {
  readonly parts: readonly Buffer[];
  readonly count: number;
  readonly end: number;
}

/** As many records, from the first on, as fit before the limit. */
function section(records: readonly ZoneRecord[], names: NameTable, start: number, limit: number): Section {
  const parts: Buffer[] = [];
  let end = start;
  for (const record of records) {
    const bytes = Buffer.concat([names.encode(record.name, end), recordBytes(record)]);
    if (end + bytes.length > limit) break;
    parts.push(bytes);
    end += bytes.length;
  }
  return { parts, count: parts.length, end };
}

function addressRun(records: readonly ZoneRecord[], { parts, end }: Section): Reply['addresses'] {
  const isAddress = (at: number) => records[at]?.type === 'A' || records[at]?.type === 'AAAA';
  const size = parts.at(-1)?.length;
  let count = 0;
  for (let at = parts.length - 1; isAddress(at) && parts[at]?.length === size; at--) count++;
  return size === undefined || count < 2 ? undefined : { at: end - count * size, size, count };
}

/** Bytes that a reply may have: what the client's EDNS allows over UDP, 65,535 over TCP. */
export function replyLimit({ edns }: Query, transport: 'udp' | 'tcp'): number {
  if (transport === 'tcp') return 65_535;
  return Math.min(Math.max(edns?.udpSize ?? 0, 512), 65_507);
}

/**
 * A reply of at most `limit` bytes. What does not fit is left out from the end, additional records first; TC is set when
 * anything is missing, addresses of SRV targets as well (miekg/dns, Msg.Truncate, by which CoreDNS does it).
 */
export function encodeReply(query: Query, content: ReplyContent, limit: number): Reply {
  const { rcode, answers = [], authorities = [], additionals = [] } = content;
  const edns = query.edns === undefined ? [] : [ednsBytes(query.edns, rcode)];
  const room = limit - edns.length * ednsSize;
  const start = headerSize + query.questionBytes.length;
  const names = new NameTable(query.question.labels, headerSize);
  const first = section(answers, names, start, room);
  const hasAnswers = first.count === answers.length;
  const second = section(hasAnswers ? authorities : [], names, first.end, room);
  const third = section(hasAnswers ? additionals : [], names, second.end, room);
  const complete = hasAnswers && second.count === authorities.length && third.count === additionals.length;
  const flags = (content.authoritative === true ? flag.authoritative : 0) | (complete ? 0 : flag.truncated);
  const counts = [1, first.count, second.count, third.count + edns.length];
  const parts = [...first.parts, ...second.parts, ...third.parts, ...edns];
  const bytes = Buffer.concat([header(query, flags, rcode, counts), query.questionBytes, ...parts]);
  const addresses = addressRun(answers, first);
  return addresses === undefined ? { bytes } : { bytes, addresses };
}

/** The reply to a message whose question is not even looked at. */
export function encodeRefusal(query: BadQuery): Buffer {
  return header(query, 0, query.bad, []);
}

/** A reply that somebody else made, for this query: with its id, and cut down to the header when it is too long. */
export function relayReply(query: Query, reply: Buffer, limit: number): Buffer {
  if (reply.length > limit) {
    const flags = (reply.readUInt16BE(2) & 0x7fff) | flag.truncated;
    return Buffer.concat([header({ ...query, flags }, 0, 'NOERROR', [1]), query.questionBytes]);
  }
  const copy = Buffer.from(reply);
  copy.writeUInt16BE(query.id, 0);
  return copy;
}
