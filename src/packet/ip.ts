import { type IP, ipFromBigInt } from '../net/address.ts';
import { decodeTcp } from './tcp.ts';
import type { IcmpHeader, IPPacket } from './types.ts';

/** IP protocol numbers. */
export const IPPROTO = { icmp: 1, tcp: 6, udp: 17, icmpv6: 58, sctp: 132 } as const;

function ipv4At(data: Buffer, at: number): IP {
  return ipFromBigInt(BigInt(data.readUInt32BE(at)), 'ipv4');
}

function ipv6At(data: Buffer, at: number): IP {
  return ipFromBigInt((data.readBigUInt64BE(at) << 64n) | data.readBigUInt64BE(at + 8), 'ipv6');
}

type Transport = Pick<IPPacket, 'sourcePort' | 'destinationPort' | 'tcp' | 'icmp' | 'payload'>;

function ports(data: Buffer): Transport {
  if (data.length < 4) return {};
  return { sourcePort: data.readUInt16BE(0), destinationPort: data.readUInt16BE(2) };
}

function udp(data: Buffer): Transport {
  return data.length < 8 ? ports(data) : { ...ports(data), payload: data.subarray(8) };
}

/** Types of ICMP and of ICMPv6 that echo, and those that quote the packet they are about. */
const icmpTypes = {
  [IPPROTO.icmp]: { echo: [0, 8], errors: [3, 5, 11, 12] },
  [IPPROTO.icmpv6]: { echo: [128, 129], errors: [1, 2, 3, 4, 137] },
} as const;

function icmp(data: Buffer, protocol: keyof typeof icmpTypes): Transport {
  if (data.length < 8) return {};
  const { echo, errors } = icmpTypes[protocol];
  const header: IcmpHeader = { type: data.readUInt8(0), code: data.readUInt8(1) };
  if ((echo as readonly number[]).includes(header.type)) {
    return { icmp: { ...header, echo: { id: data.readUInt16BE(4), sequence: data.readUInt16BE(6) } } };
  }
  if (!(errors as readonly number[]).includes(header.type)) return { icmp: header };
  const quoted = decodeIP(data.subarray(8));
  return { icmp: quoted === undefined ? header : { ...header, quoted } };
}

function transport(protocol: number, data: Buffer): Transport {
  switch (protocol) {
    case IPPROTO.tcp:
      return { ...ports(data), ...decodeTcp(data) };
    case IPPROTO.udp:
      return udp(data);
    case IPPROTO.sctp:
      return ports(data);
    case IPPROTO.icmp:
    case IPPROTO.icmpv6:
      return icmp(data, protocol);
    default:
      return {};
  }
}

function decodeIPv4(data: Buffer): IPPacket | undefined {
  const length = (data.readUInt8(0) & 0xf) * 4;
  if (length < 20 || data.length < length) return undefined;
  const protocol = data.readUInt8(9);
  const laterFragment = (data.readUInt16BE(6) & 0x1fff) !== 0;
  return {
    family: 'ipv4',
    source: ipv4At(data, 12),
    destination: ipv4At(data, 16),
    protocol,
    dscp: data.readUInt8(1) >> 2,
    id: data.readUInt16BE(4),
    ...(laterFragment ? {} : transport(protocol, data.subarray(length))),
  };
}

/** Extension headers that may stand before the transport's: hop-by-hop, routing, destination options (RFC 8200). */
const extensions: ReadonlySet<number> = new Set([0, 43, 60]);

function decodeIPv6(data: Buffer): IPPacket | undefined {
  if (data.length < 40) return undefined;
  let protocol = data.readUInt8(6);
  let at = 40;
  while (extensions.has(protocol) && data.length >= at + 8) {
    protocol = data.readUInt8(at);
    at += (data.readUInt8(at + 1) + 1) * 8;
  }
  return {
    family: 'ipv6',
    source: ipv6At(data, 8),
    destination: ipv6At(data, 24),
    protocol,
    dscp: (data.readUInt16BE(0) >> 6) & 0x3f,
    ...transport(protocol, data.subarray(at)),
  };
}

/** The headers of an IP packet from its first byte on, or undefined when it is none. Packets may be cut off anywhere. */
export function decodeIP(data: Buffer): IPPacket | undefined {
  if (data.length < 20) return undefined;
  const version = data.readUInt8(0) >> 4;
  if (version === 4) return decodeIPv4(data);
  return version === 6 ? decodeIPv6(data) : undefined;
}
