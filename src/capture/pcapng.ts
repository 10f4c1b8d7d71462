import type { Frame } from './pcap.ts';

/*
 * Blocks of a pcapng file (draft-ietf-opsawg-pcapng), in little-endian order. A file is a section header, then interface
 * descriptions and packets in any order, an interface before its packets.
 */

const blockType = { section: 0x0a0d0d0a, interface: 1, packet: 6 } as const;
const option = { comment: 1, application: 4, name: 2, description: 3, timeResolution: 9 } as const;
const byteOrderMagic = 0x1a2b3c4d;
/** Time stamps in units of 10^-9 s. */
const nanoseconds = 9;

function padded(data: Buffer): Buffer {
  return Buffer.concat([data, Buffer.alloc((4 - (data.length % 4)) % 4)]);
}

function optionBytes(code: number, value: Buffer): Buffer {
  const header = Buffer.alloc(4);
  header.writeUInt16LE(code, 0);
  header.writeUInt16LE(value.length, 2);
  return Buffer.concat([header, padded(value)]);
}

function text(code: number, value: string | undefined): Buffer[] {
  return value === undefined ? [] : [optionBytes(code, Buffer.from(value))];
}

function options(...parts: readonly Buffer[]): Buffer {
  return parts.length === 0 ? Buffer.alloc(0) : Buffer.concat([...parts, Buffer.alloc(4)]);
}

function block(type: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const length = body.length + 12;
  const header = Buffer.alloc(8);
  header.writeUInt32LE(type, 0);
  header.writeUInt32LE(length, 4);
  const trailer = Buffer.alloc(4);
  trailer.writeUInt32LE(length, 0);
  return Buffer.concat([header, body, trailer]);
}

/** The block that a file begins with. */
export function sectionBlock({ application }: { readonly application: string }): Buffer {
  const fixed = Buffer.alloc(16);
  fixed.writeUInt32LE(byteOrderMagic, 0);
  fixed.writeUInt16LE(1, 4);
  fixed.writeBigInt64LE(-1n, 8);
  return block(blockType.section, fixed, options(...text(option.application, application)));
}

/** An interface; packets name it by its number in the file, from 0. */
export function interfaceBlock(described: {
  readonly linkType: number;
  readonly snapLength: number;
  readonly name: string;
  readonly description?: string;
}): Buffer {
  const fixed = Buffer.alloc(8);
  fixed.writeUInt16LE(described.linkType, 0);
  fixed.writeUInt32LE(described.snapLength, 4);
  return block(
    blockType.interface,
    fixed,
    options(
      ...text(option.name, described.name),
      ...text(option.description, described.description),
      optionBytes(option.timeResolution, Buffer.from([nanoseconds])),
    ),
  );
}

/** A frame with a comment. */
export function packetBlock(at: number, { time, data, length }: Frame, comment: string | undefined): Buffer {
  const fixed = Buffer.alloc(20);
  fixed.writeUInt32LE(at, 0);
  fixed.writeUInt32LE(Number(time >> 32n), 4);
  fixed.writeUInt32LE(Number(time & 0xffff_ffffn), 8);
  fixed.writeUInt32LE(data.length, 12);
  fixed.writeUInt32LE(length, 16);
  return block(blockType.packet, fixed, padded(data), options(...text(option.comment, comment)));
}
