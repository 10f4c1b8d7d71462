import { familyOf, type IP, type Mac } from '../../net/address.ts';
import type { DesiredFdbEntry, DesiredNeighbour } from '../../plan/desired.ts';
import { type Message, type MessageWriter, readAttributes, readIP, readMac } from './message.ts';
import { addressFamily } from './route.ts';

export const RTM_NEWNEIGH = 28;
export const RTM_DELNEIGH = 29;
export const RTM_GETNEIGH = 30;

const NDA_DST = 1;
const NDA_LLADDR = 2;
const NDA_PORT = 6;
const NDA_VNI = 7;
const NUD_PERMANENT = 0x80;
const NTF_SELF = 2;
const AF_BRIDGE = 7;

function ndmsg(family: number, index: number, flags: number): Buffer {
  const bytes = Buffer.alloc(12);
  bytes.writeUInt8(family, 0);
  bytes.writeInt32LE(index, 4);
  bytes.writeUInt16LE(NUD_PERMANENT, 8);
  bytes.writeUInt8(flags, 10);
  return bytes;
}

/** Body of RTM_NEWNEIGH and RTM_DELNEIGH for a permanent neighbour. */
export function fillNeighbour(writer: MessageWriter, entry: DesiredNeighbour, index: (name: string) => number): void {
  writer.fixed(ndmsg(addressFamily(familyOf(entry.address)), index(entry.device), 0));
  writer.ip(NDA_DST, entry.address).mac(NDA_LLADDR, entry.mac);
}

/** Body of RTM_NEWNEIGH and RTM_DELNEIGH for a forwarding entry of a VXLAN device. */
export function fillFdb(writer: MessageWriter, entry: DesiredFdbEntry, index: (name: string) => number): void {
  writer.fixed(ndmsg(AF_BRIDGE, index(entry.device), NTF_SELF));
  writer.mac(NDA_LLADDR, entry.mac).ip(NDA_DST, entry.destination);
}

/** ndmsg that asks for all neighbours, or for all forwarding entries. */
export function fillNeighbourDump(writer: MessageWriter, what: 'neighbours' | 'fdb'): void {
  const bytes = Buffer.alloc(12);
  bytes.writeUInt8(what === 'fdb' ? AF_BRIDGE : 0, 0);
  writer.fixed(bytes);
}

/**
 * The permanent entry in an RTM_NEWNEIGH message: destination and MAC, the device by its index. A forwarding entry with
 * a UDP port or VNI of its own is none of a lab's; the kernel tells them only where they differ from the device's.
 */
export function readNeighbour(message: Message): { index: number; address: IP; mac: Mac } | undefined {
  const { body } = message;
  const attributes = readAttributes(body.subarray(12));
  const address = attributes.get(NDA_DST);
  const mac = attributes.get(NDA_LLADDR);
  if (attributes.has(NDA_PORT) || attributes.has(NDA_VNI)) return undefined;
  if ((body.readUInt16LE(8) & NUD_PERMANENT) === 0 || address === undefined || mac === undefined) return undefined;
  return { index: body.readInt32LE(4), address: readIP(address), mac: readMac(mac) };
}
