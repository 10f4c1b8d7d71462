/** A packet of a pcapng file, as a reader by the specification finds it. */
export interface ReadPacket {
  readonly interface: string;
  readonly linkType: number;
  readonly time: bigint;
  readonly data: Buffer;
  readonly length: number;
  readonly comment: string | undefined;
}

function readOptions(data: Buffer): Map<number, Buffer> {
  const options = new Map<number, Buffer>();
  for (let at = 0; at + 4 <= data.length; ) {
    const code = data.readUInt16LE(at);
    const length = data.readUInt16LE(at + 2);
    if (code === 0) return options;
    options.set(code, data.subarray(at + 4, at + 4 + length));
    at += 4 + Math.ceil(length / 4) * 4;
  }
  return options;
}

/** The packets of a pcapng file (draft-ietf-opsawg-pcapng). Throws when a block is broken or the file cut off. */
export function readPcapng(file: Buffer): ReadPacket[] {
  const interfaces: { readonly name: string; readonly linkType: number }[] = [];
  const packets: ReadPacket[] = [];
  for (let at = 0; at < file.length; ) {
    const type = file.readUInt32LE(at);
    const length = file.readUInt32LE(at + 4);
    if (length % 4 !== 0 || file.readUInt32LE(at + length - 4) !== length) throw new Error(`broken block at ${at}`);
    const body = file.subarray(at + 8, at + length - 4);
    if ((at === 0) !== (type === 0x0a0d0d0a)) throw new Error(`block ${type} at ${at}`);
    if (type === 0x0a0d0d0a && body.readUInt32LE(0) !== 0x1a2b3c4d) throw new Error('not little-endian');
    if (type === 1) {
      const options = readOptions(body.subarray(8));
      if (options.get(9)?.readUInt8(0) !== 9) throw new Error('not in nanoseconds');
      interfaces.push({ linkType: body.readUInt16LE(0), name: options.get(2)?.toString() ?? '' });
    }
    if (type === 6) {
      const described = interfaces[body.readUInt32LE(0)];
      if (described === undefined) throw new Error(`no interface ${body.readUInt32LE(0)}`);
      const size = body.readUInt32LE(12);
      const options = readOptions(body.subarray(20 + Math.ceil(size / 4) * 4));
      packets.push({
        interface: described.name,
        linkType: described.linkType,
        time: (BigInt(body.readUInt32LE(4)) << 32n) | BigInt(body.readUInt32LE(8)),
        length: body.readUInt32LE(16),
        data: body.subarray(20, 20 + size),
        comment: options.get(1)?.toString(),
      });
    }
    at += length;
  }
  return packets;
}
