import { type CookedHeader, frameComment, packetOf, readCooked } from './comment.ts';
import type { CaptureNames } from './names.ts';
import { type Frame, linkType, PcapReader } from './pcap.ts';
import { interfaceBlock, packetBlock, sectionBlock } from './pcapng.ts';

/** What a capture is told of the place where it is made. */
export interface CapturePlace {
  readonly target: string;
  /** The interface that is captured; `any` for all. */
  readonly interface: string;
  /** Name of the interface with this number there. */
  readonly linkName: (index: number) => string | undefined;
  readonly names: CaptureNames;
  /** UDP ports of VXLAN. */
  readonly vxlanPorts: readonly number[];
}

/** A frame with what is said of it. */
export interface CommentedFrame extends Frame {
  readonly linkType: number;
  readonly snapLength: number;
  readonly interface: string;
  readonly comment: string;
}

/** Turns what `tcpdump -w -` writes into frames with comments. */
export class Commentator {
  readonly #place: CapturePlace;
  readonly #reader = new PcapReader();

  constructor(place: CapturePlace) {
    this.#place = place;
  }

  /** The frames that are complete with this piece. Throws RangeError when it is no pcap. */
  read(piece: Buffer): readonly CommentedFrame[] {
    const frames = this.#reader.read(piece);
    const { linkType: type = 0, snapLength = 0 } = this.#reader.format ?? {};
    return frames.map((frame) => {
      const cooked = type === linkType.cooked2 ? readCooked(frame.data) : undefined;
      const link = this.#linkOf(cooked);
      return {
        ...frame,
        linkType: type,
        snapLength,
        interface: link,
        comment: this.#comment(frame, type, link, cooked),
      };
    });
  }

  #linkOf(cooked: CookedHeader | undefined): string {
    if (cooked === undefined) return this.#place.interface;
    return this.#place.linkName(cooked.index) ?? `interface ${cooked.index}`;
  }

  #comment({ data }: Frame, type: number, link: string, cooked: CookedHeader | undefined): string {
    const { target, names, vxlanPorts } = this.#place;
    const direction = cooked === undefined ? {} : { direction: cooked.direction };
    return frameComment(packetOf(type, data), { target, interface: link, ...direction }, names, vxlanPorts);
  }
}

/** Writes frames as pcapng: each interface is described before its first frame. */
export class PcapngWriter {
  readonly #names: CaptureNames;
  readonly #target: string;
  readonly #interfaces = new Map<string, number>();

  constructor({ names, target }: Pick<CapturePlace, 'names' | 'target'>) {
    this.#names = names;
    this.#target = target;
  }

  /** The beginning of the file. */
  start(application: string): Buffer {
    return sectionBlock({ application });
  }

  /** The blocks of one frame. */
  write(frame: CommentedFrame): Buffer {
    const known = this.#interfaces.get(frame.interface);
    if (known !== undefined) return packetBlock(known, frame, frame.comment);
    const at = this.#interfaces.size;
    this.#interfaces.set(frame.interface, at);
    const other = this.#names.link(frame.interface);
    const description = other === undefined ? this.#target : `${this.#target}, to ${other}`;
    const { linkType: type, snapLength, interface: name } = frame;
    const described = interfaceBlock({ linkType: type, snapLength, name, description });
    return Buffer.concat([described, packetBlock(at, frame, frame.comment)]);
  }
}
