import { BlockList, isIPv4, isIPv6 } from 'node:net';
import { LabError } from '../errors.ts';

declare const brand: unique symbol;
type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** An IPv4 address in dotted form, such as `10.96.0.1`. */
export type IPv4 = Brand<string, 'IPv4'>;
/** An IPv6 address in the short form of RFC 5952, such as `fd00::1`. */
export type IPv6 = Brand<string, 'IPv6'>;
/** An address of either family. */
export type IP = IPv4 | IPv6;
/** A network in CIDR form with all host bits zero, such as `10.244.0.0/16` or `fd00::/64`. */
export type Cidr = Brand<string, 'Cidr'>;
/** A TCP, UDP or SCTP port, 1 to 65535. */
export type PortNumber = Brand<number, 'PortNumber'>;
/** An Ethernet address in lower case, such as `02:00:00:00:56:0b`. */
export type Mac = Brand<string, 'Mac'>;

/** IP version of an address or network. */
export type Family = 'ipv4' | 'ipv6';

/** The family of a valid address or network. */
export function familyOf(address: IP | Cidr): Family {
  return address.includes(':') ? 'ipv6' : 'ipv4';
}

function ipv4ToBigInt(text: string): bigint {
  return text.split('.').reduce((sum, octet) => (sum << 8n) | BigInt(octet), 0n);
}

function expandIPv6(text: string): string[] {
  const embedded = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  let plain = text;
  if (embedded?.[1] !== undefined && embedded[2] !== undefined) {
    const value = ipv4ToBigInt(embedded[2]);
    plain = `${embedded[1]}${(value >> 16n).toString(16)}:${(value & 0xffffn).toString(16)}`;
  }
  const [head = '', tail] = plain.split('::');
  const left = head === '' ? [] : head.split(':');
  if (tail === undefined) return left;
  const right = tail === '' ? [] : tail.split(':');
  return [...left, ...Array<string>(8 - left.length - right.length).fill('0'), ...right];
}

/** The address as an unsigned integer of 32 or 128 bits. */
export function ipToBigInt(ip: IP): bigint {
  if (familyOf(ip) === 'ipv4') return ipv4ToBigInt(ip);
  return expandIPv6(ip).reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n);
}

function formatIPv6(value: bigint): IPv6 {
  const groups = Array.from({ length: 8 }, (_, i) => ((value >> BigInt(112 - 16 * i)) & 0xffffn).toString(16));
  let best = { at: -1, length: 1 };
  for (let at = 0; at < 8; at++) {
    let length = 0;
    while (groups[at + length] === '0') length++;
    if (length > best.length) best = { at, length };
  }
  if (best.at < 0) return groups.join(':') as IPv6;
  return `${groups.slice(0, best.at).join(':')}::${groups.slice(best.at + best.length).join(':')}` as IPv6;
}

/** The address that ipToBigInt read. */
export function ipFromBigInt(value: bigint, family: Family): IP {
  if (family === 'ipv6') return formatIPv6(value);
  return [24n, 16n, 8n, 0n].map((shift) => ((value >> shift) & 0xffn).toString()).join('.') as IPv4;
}

/** The address in its one canonical spelling, or undefined when the text is none. */
export function tryParseIP(text: string): IP | undefined {
  if (isIPv4(text)) return text as IPv4;
  if (isIPv6(text) && !text.includes('%')) return formatIPv6(ipToBigInt(text as IPv6));
  return undefined;
}

/** The address in its canonical spelling. Throws `usage` when the text is no address. */
export function parseIP(text: string): IP {
  const ip = tryParseIP(text);
  if (ip === undefined)
    throw new LabError('usage', `"${text}" is not an IP address`, { hint: 'Write it like 10.0.0.1.' });
  return ip;
}

/** The IPv4 address in the text. Throws `usage` when there is none. */
export function parseIPv4(text: string): IPv4 {
  if (!isIPv4(text))
    throw new LabError('usage', `"${text}" is not an IPv4 address`, { hint: 'Write it like 10.0.0.1.' });
  return text as IPv4;
}

/** The network that holds every address of the family. */
export function everywhere(family: Family): Cidr {
  return (family === 'ipv4' ? '0.0.0.0/0' : '::/0') as Cidr;
}

/** The network of this address alone. */
export function hostCidr(ip: IP): Cidr {
  return makeCidr(ip, addressBits(familyOf(ip)));
}

/** Number of bits of an address of the family. */
export function addressBits(family: Family): 32 | 128 {
  return family === 'ipv4' ? 32 : 128;
}

/** Address part of a network; its first address. */
export function cidrAddress(cidr: Cidr): IP {
  return cidr.slice(0, cidr.indexOf('/')) as IP;
}

/** Prefix length of a network. */
export function cidrPrefix(cidr: Cidr): number {
  return Number(cidr.slice(cidr.indexOf('/') + 1));
}

/** The network with this address and prefix length; host bits are cleared. */
export function makeCidr(address: IP, prefix: number): Cidr {
  const family = familyOf(address);
  const hostBits = BigInt(addressBits(family) - prefix);
  return `${ipFromBigInt((ipToBigInt(address) >> hostBits) << hostBits, family)}/${prefix}` as Cidr;
}

/** The network in its canonical spelling with host bits cleared, or undefined when the text is none. */
export function tryParseCidr(text: string): Cidr | undefined {
  const match = /^([^/]+)\/(0|[1-9]\d{0,2})$/.exec(text);
  const ip = match?.[1] === undefined ? undefined : tryParseIP(match[1]);
  const prefix = Number(match?.[2]);
  if (ip === undefined || prefix > addressBits(familyOf(ip))) return undefined;
  return makeCidr(ip, prefix);
}

/** The network in its canonical spelling. Throws `usage` when the text is none. */
export function parseCidr(text: string): Cidr {
  const cidr = tryParseCidr(text);
  if (cidr === undefined) {
    throw new LabError('usage', `"${text}" is not a network`, { hint: 'Write it like 10.244.0.0/16.' });
  }
  return cidr;
}

/** Number of addresses in the network. */
export function cidrSize(cidr: Cidr): bigint {
  return 1n << BigInt(addressBits(familyOf(cidr)) - cidrPrefix(cidr));
}

/** The address `offset` after the network's first one; negative offsets count from behind (-1 is the last). */
export function nthAddress(cidr: Cidr, offset: number | bigint): IP {
  const base = ipToBigInt(cidrAddress(cidr));
  const at = BigInt(offset) < 0n ? cidrSize(cidr) + BigInt(offset) : BigInt(offset);
  return ipFromBigInt(base + at, familyOf(cidr));
}

/** Whether the network holds the address. False across families. */
export function cidrContains(cidr: Cidr, ip: IP): boolean {
  if (familyOf(cidr) !== familyOf(ip)) return false;
  const hostBits = BigInt(addressBits(familyOf(ip)) - cidrPrefix(cidr));
  return ipToBigInt(ip) >> hostBits === ipToBigInt(cidrAddress(cidr)) >> hostBits;
}

/** Whether the two networks share an address. */
export function cidrsOverlap(a: Cidr, b: Cidr): boolean {
  return cidrContains(a, cidrAddress(b)) || cidrContains(b, cidrAddress(a));
}

/** `ip:port`, with brackets around an IPv6 address, as Go's net.JoinHostPort writes it. */
export function hostPort(ip: IP, port: number): string {
  return familyOf(ip) === 'ipv6' ? `[${ip}]:${port}` : `${ip}:${port}`;
}

/** Networks that can be asked quickly whether one of them holds an address. */
export function cidrSet(cidrs: readonly Cidr[]): (ip: IP) => boolean {
  const list = new BlockList();
  for (const cidr of cidrs) list.addSubnet(cidrAddress(cidr), cidrPrefix(cidr), familyOf(cidr));
  return (ip) => list.check(ip, familyOf(ip));
}
