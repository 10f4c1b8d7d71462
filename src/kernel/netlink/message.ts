import { familyOf, type IP, type IPv4, type IPv6, ipToBigInt, type Mac, parseIP } from '../../net/address.ts';

/** Builds netlink messages (RFC 3549): a header, a fixed part, and nested attributes, all in host byte order. */
export class MessageWriter {
  #bytes = Buffer.alloc(4096);
  #length = 0;
  #start = 0;

  #reserve(size: number): number {
    const at = this.#length;
    if (at + size > this.#bytes.length) {
      this.#bytes = Buffer.concat([this.#bytes], Math.max(this.#bytes.length * 2, at + size));
    }
    this.#bytes.fill(0, at, at + size);
    this.#length += size;
    return at;
  }

  /** Starts a message; `finish` of the message before must have been called. */
  begin(type: number, flags: number, sequence: number): this {
    this.#start = this.#reserve(16);
    this.#bytes.writeUInt16LE(type, this.#start + 4);
    this.#bytes.writeUInt16LE(flags, this.#start + 6);
    this.#bytes.writeUInt32LE(sequence, this.#start + 8);
    return this;
  }

  /** Ends the message: its length goes into the header. */
  finish(): void {
    this.#bytes.writeUInt32LE(this.#length - this.#start, this.#start);
    this.#reserve((4 - (this.#length % 4)) % 4);
  }

  /** Appends the message's fixed part, such as struct ifinfomsg. */
  fixed(part: Uint8Array): this {
    const at = this.#reserve((part.length + 3) & ~3);
    this.#bytes.set(part, at);
    return this;
  }

  /** Appends an attribute with raw bytes. */
  bytes(type: number, value: Uint8Array): this {
    const at = this.#reserve((value.length + 7) & ~3);
    this.#bytes.writeUInt16LE(value.length + 4, at);
    this.#bytes.writeUInt16LE(type, at + 2);
    this.#bytes.set(value, at + 4);
    return this;
  }

  u8(type: number, value: number): this {
    return this.bytes(type, Uint8Array.of(value));
  }

  u16be(type: number, value: number): this {
    return this.bytes(type, Uint8Array.of(value >> 8, value & 0xff));
  }

  u32(type: number, value: number): this {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(value >>> 0);
    return this.bytes(type, bytes);
  }

  /** A string with its closing NUL. */
  text(type: number, value: string): this {
    return this.bytes(type, Buffer.from(`${value}\0`));
  }

  ip(type: number, value: IP): this {
    return this.bytes(type, ipBytes(value));
  }

  mac(type: number, value: Mac): this {
    return this.bytes(type, macBytes(value));
  }

  /** An attribute that holds what `fill` appends. */
  nest(type: number, fill: (writer: this) => void): this {
    const at = this.#reserve(4);
    fill(this);
    this.#bytes.writeUInt16LE(this.#length - at, at);
    this.#bytes.writeUInt16LE(type, at + 2);
    return this;
  }

  /** All messages so far, as they are sent. */
  take(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }
}

/** One message as it was received. */
export interface Message {
  readonly type: number;
  readonly flags: number;
  readonly sequence: number;
  /** What follows the header. */
  readonly body: Buffer;
}

/** The messages of one datagram. */
export function* readMessages(data: Buffer): Generator<Message> {
  for (let at = 0; at + 16 <= data.length; ) {
    const length = data.readUInt32LE(at);
    if (length < 16 || at + length > data.length) return;
    yield {
      type: data.readUInt16LE(at + 4),
      flags: data.readUInt16LE(at + 6),
      sequence: data.readUInt32LE(at + 8),
      body: data.subarray(at + 16, at + length),
    };
    at += (length + 3) & ~3;
  }
}

/** Attributes by type; of several with one type the last. The NESTED and BYTEORDER bits of the type are cleared. */
export function readAttributes(data: Buffer): Map<number, Buffer> {
  const attributes = new Map<number, Buffer>();
  for (let at = 0; at + 4 <= data.length; ) {
    const length = data.readUInt16LE(at);
    if (length < 4 || at + length > data.length) break;
    attributes.set(data.readUInt16LE(at + 2) & 0x3fff, data.subarray(at + 4, at + length));
    at += (length + 3) & ~3;
  }
  return attributes;
}

/** A NUL-terminated string attribute. */
export function readText(data: Buffer): string {
  const end = data.indexOf(0);
  return data.toString('latin1', 0, end < 0 ? data.length : end);
}

/** The 4 or 16 bytes of an address in network order. */
export function ipBytes(ip: IP): Uint8Array {
  const size = familyOf(ip) === 'ipv4' ? 4 : 16;
  const bytes = new Uint8Array(size);
  let value = ipToBigInt(ip);
  for (let i = size - 1; i >= 0; i--, value >>= 8n) bytes[i] = Number(value & 0xffn);
  return bytes;
}

/** The address in 4 or 16 bytes of network order. */
export function readIP(bytes: Buffer): IP {
  if (bytes.length === 4) return [...bytes].join('.') as IPv4;
  const groups = Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(2 * i).toString(16));
  return parseIP(groups.join(':')) as IPv6;
}

/** The six bytes of an Ethernet address. */
function macBytes(mac: Mac): Uint8Array {
  return Uint8Array.from(mac.split(':'), (pair) => Number.parseInt(pair, 16));
}

/** The Ethernet address in six bytes. */
export function readMac(bytes: Buffer): Mac {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(':') as Mac;
}
