import { decodeEthernet, decodeNetwork } from '../packet/ethernet.ts';
import type { IPPacket } from '../packet/types.ts';
import { unwrapVxlan } from '../packet/vxlan.ts';
import type { CaptureNames } from './names.ts';
import { linkType } from './pcap.ts';

/** Where a frame was seen. */
export interface Hop {
  /** The target, such as `node1`. */
  readonly target: string;
  readonly interface: string;
  /** Unknown where only one interface is captured. */
  readonly direction?: 'in' | 'out';
}

/** What LINUX_SLL2 puts before a packet (pcap-linktype(7)). */
export interface CookedHeader {
  readonly etherType: number;
  /** Number of the interface in its network namespace. */
  readonly index: number;
  readonly direction: 'in' | 'out';
}

const cookedBytes = 20;
const outgoing = 4;

/** The header of a frame of LINUX_SLL2; undefined when it is cut off. */
export function readCooked(data: Buffer): CookedHeader | undefined {
  if (data.length < cookedBytes) return undefined;
  const direction = data.readUInt8(10) === outgoing ? 'out' : 'in';
  return { etherType: data.readUInt16BE(0), index: data.readUInt32BE(4), direction };
}

/** The IP packet of a frame; undefined for other frames. */
export function packetOf(type: number, data: Buffer): IPPacket | undefined {
  if (type === linkType.ethernet) return decodeEthernet(data);
  const cooked = type === linkType.cooked2 ? readCooked(data) : undefined;
  return cooked === undefined ? undefined : decodeNetwork(cooked.etherType, data.subarray(cookedBytes));
}

function ends(packet: IPPacket, names: CaptureNames): string {
  const source = names.address(packet.source, packet.sourcePort) ?? packet.source;
  const destination = names.address(packet.destination, packet.destinationPort) ?? packet.destination;
  return `${source} → ${destination}`;
}

function said(packet: IPPacket, names: CaptureNames, vxlanPorts: readonly number[]): string {
  const vxlan = vxlanPorts.map((port) => unwrapVxlan(packet, port)).find((one) => one !== undefined);
  if (vxlan !== undefined) return `VXLAN ${vxlan.vni}, ${ends(packet, names)}; inside ${ends(vxlan.inner, names)}`;
  const quoted = packet.icmp?.quoted;
  return quoted === undefined ? ends(packet, names) : `${ends(packet, names)}; about ${ends(quoted, names)}`;
}

function hopText({ target, interface: link, direction }: Hop, names: CaptureNames): string {
  const to = names.link(link);
  const other = to === undefined || to === link ? '' : ` (${to})`;
  return `${target}, ${direction === undefined ? 'on' : `${direction} by`} ${link}${other}`;
}

/** What is said of a frame: from whom to whom, what is inside of VXLAN, and at which hop. */
export function frameComment(
  packet: IPPacket | undefined,
  hop: Hop,
  names: CaptureNames,
  vxlanPorts: readonly number[],
): string {
  const where = hopText(hop, names);
  return packet === undefined ? where : `${said(packet, names, vxlanPorts)}; ${where}`;
}
