import { decode } from 'dns-packet';
import type { Question } from '../question.ts';

/** Response codes (RFC 1035 §4.1.1, RFC 6891 §9). */
export const rcodes = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5, BADVERS: 16 } as const;

/** Name of a response code. */
export type Rcode = keyof typeof rcodes;

/** What a client says about itself in an OPT record (RFC 6891). */
export interface Edns {
  readonly udpSize: number;
  readonly version: number;
  readonly dnssecOk: boolean;
}

/** A query with one question. */
export interface Query {
  readonly id: number;
  /** The client's flags as they come back: opcode, RD and CD. */
  readonly flags: number;
  readonly question: Question;
  readonly class: number;
  /** The question section, byte by byte, so that the answer repeats the name exactly. */
  readonly questionBytes: Buffer;
  readonly edns: Edns | undefined;
}

/** A message that gets an answer without a question: one that is malformed or asks for something else than a lookup. */
export interface BadQuery {
  readonly id: number;
  readonly flags: number;
  readonly bad: 'FORMERR' | 'NOTIMP';
}

const headerSize = 12;
const longestName = 255;
const returnedFlags = 0x7910;

/** Types by number, as far as the zone knows them; other numbers are asked about as TYPE65 and the like. */
const typeNames: Readonly<Record<number, string>> = {
  1: 'A',
  2: 'NS',
  5: 'CNAME',
  6: 'SOA',
  12: 'PTR',
  15: 'MX',
  16: 'TXT',
  28: 'AAAA',
  33: 'SRV',
  251: 'IXFR',
  252: 'AXFR',
  255: 'ANY',
};

interface Name {
  readonly labels: readonly string[];
  readonly end: number;
}

/** The labels of an uncompressed name; a dot inside a label has a backslash before it. */
function readName(message: Buffer, start: number): Name | undefined {
  const labels: string[] = [];
  for (let at = start; ; ) {
    const length = message[at];
    if (length === undefined || length > 63 || at - start >= longestName) return undefined;
    if (length === 0) return { labels, end: at + 1 };
    if (at + 1 + length > message.length) return undefined;
    labels.push(message.toString('latin1', at + 1, at + 1 + length).replaceAll('.', '\\.'));
    at += 1 + length;
  }
}

/** The client's OPT record; `undefined` without one. Throws when the message is malformed. */
function readEdns(message: Buffer): Edns | undefined {
  const { additionals = [] } = decode(message);
  const found = additionals.filter((record) => record.type === 'OPT');
  if (found.length > 1) throw new RangeError('two OPT records');
  const [opt] = found;
  return opt && { udpSize: opt.udpPayloadSize, version: opt.ednsVersion, dnssecOk: opt.flag_do };
}

function hasExpectedCounts(message: Buffer): boolean {
  const [questions, answers, authorities, additionals] = [4, 6, 8, 10].map((at) => message.readUInt16BE(at));
  return questions === 1 && (answers ?? 0) <= 1 && (authorities ?? 0) <= 1 && (additionals ?? 0) <= 2;
}

/**
 * Reads a message that a client sent. Undefined for what deserves no answer: fragments of a header, and responses. The
 * counts that are accepted are those of the DNS library that CoreDNS uses: one question above all.
 */
export function readQuery(message: Buffer): Query | BadQuery | undefined {
  if (message.length < headerSize || message.readUInt16BE(2) >= 0x8000) return undefined;
  const id = message.readUInt16BE(0);
  const flags = message.readUInt16BE(2) & returnedFlags;
  if ((flags & 0x7800) !== 0) return { id, flags, bad: 'NOTIMP' };
  const malformed: BadQuery = { id, flags, bad: 'FORMERR' };
  if (!hasExpectedCounts(message)) return malformed;
  const name = readName(message, headerSize);
  if (name === undefined || name.end + 4 > message.length) return malformed;
  const type = message.readUInt16BE(name.end);
  try {
    return {
      id,
      flags,
      question: { labels: name.labels, type: typeNames[type] ?? `TYPE${type}` },
      class: message.readUInt16BE(name.end + 2),
      questionBytes: message.subarray(headerSize, name.end + 4),
      edns: readEdns(message),
    };
  } catch {
    return malformed;
  }
}
