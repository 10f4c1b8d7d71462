import { decodeIP } from './ip.ts';
import type { IPPacket } from './types.ts';

const ETHERTYPE_IPV4 = 0x0800;
const ETHERTYPE_IPV6 = 0x86dd;
const ETHERTYPE_VLAN = 0x8100;

/** The IP packet behind an EtherType; undefined for ARP and others. */
export function decodeNetwork(etherType: number, data: Buffer): IPPacket | undefined {
  if (etherType === ETHERTYPE_VLAN && data.length >= 4) {
    return decodeNetwork(data.readUInt16BE(2), data.subarray(4));
  }
  return etherType === ETHERTYPE_IPV4 || etherType === ETHERTYPE_IPV6 ? decodeIP(data) : undefined;
}

/** The IP packet in an Ethernet frame; undefined when it holds none. */
export function decodeEthernet(frame: Buffer): IPPacket | undefined {
  return frame.length < 14 ? undefined : decodeNetwork(frame.readUInt16BE(12), frame.subarray(14));
}
