/** A frame of a capture. */
export interface Frame {
  /** Nanoseconds since 1970. */
  readonly time: bigint;
  readonly data: Buffer;
  /** Length on the wire; more than `data` has where it was cut off. */
  readonly length: number;
}

/** LINKTYPE_ numbers of the pcap formats. */
export const linkType = { ethernet: 1, cooked2: 276 } as const;

interface Format {
  readonly linkType: number;
  readonly snapLength: number;
  readonly bigEndian: boolean;
  /** Nanoseconds of one unit of the fraction. */
  readonly unit: bigint;
}

const fileHeaderBytes = 24;
const frameHeaderBytes = 16;
const magics = { micro: 0xa1b2c3d4, nano: 0xa1b23c4d } as const;

function readFormat(header: Buffer): Format | undefined {
  for (const bigEndian of [false, true]) {
    const number = (at: number) => (bigEndian ? header.readUInt32BE(at) : header.readUInt32LE(at));
    const magic = number(0);
    if (magic !== magics.micro && magic !== magics.nano) continue;
    const unit = magic === magics.nano ? 1n : 1000n;
    return { linkType: number(20), snapLength: number(16), bigEndian, unit };
  }
  return undefined;
}

/**
 * Reads the classic pcap format as it comes in, in pieces of any size (draft-ietf-opsawg-pcap), as `tcpdump -w -` writes
 * it. Throws RangeError when it is something else.
 */
export class PcapReader {
  #rest: Buffer = Buffer.alloc(0);
  #format: Format | undefined;

  /** What the capture says of itself; undefined until enough of it has come. */
  get format(): Format | undefined {
    return this.#format;
  }

  /** The frames that are complete with this piece. */
  read(piece: Buffer): readonly Frame[] {
    this.#rest = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece]);
    if (this.#format === undefined) {
      if (this.#rest.length < fileHeaderBytes) return [];
      this.#format = readFormat(this.#rest);
      if (this.#format === undefined) throw new RangeError('this is no pcap');
      this.#rest = this.#rest.subarray(fileHeaderBytes);
    }
    return this.#frames(this.#format);
  }

  #frames({ bigEndian, unit }: Format): Frame[] {
    const frames: Frame[] = [];
    const number = (at: number) => (bigEndian ? this.#rest.readUInt32BE(at) : this.#rest.readUInt32LE(at));
    while (this.#rest.length >= frameHeaderBytes) {
      const end = frameHeaderBytes + number(8);
      if (this.#rest.length < end) break;
      const time = BigInt(number(0)) * 1_000_000_000n + BigInt(number(4)) * unit;
      frames.push({ time, length: number(12), data: Buffer.from(this.#rest.subarray(frameHeaderBytes, end)) });
      this.#rest = this.#rest.subarray(end);
    }
    return frames;
  }
}
