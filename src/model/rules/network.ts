import {
  addressBits,
  type Family,
  familyOf,
  type IP,
  ipFromBigInt,
  ipToBigInt,
  tryParseIP,
} from '../../net/address.ts';

/** A network as a number and a mask, for many quick questions. IPv4 in plain numbers, IPv6 in bigints. */
export interface Network {
  readonly family: Family;
  readonly base: number | bigint;
  readonly mask: number | bigint;
  /** Prefix length; undefined for a mask with gaps. */
  readonly prefix: number | undefined;
  /** The address of a network of one address only. */
  readonly host: IP | undefined;
}

const remembered = new Map<string, number | bigint>();
const rememberAtMost = 20_000;

/** The address as an unsigned number: plain for IPv4, a bigint for IPv6. */
export function addressNumber(ip: IP): number | bigint {
  const known = remembered.get(ip);
  if (known !== undefined) return known;
  const value = familyOf(ip) === 'ipv4' ? Number(ipToBigInt(ip)) : ipToBigInt(ip);
  if (remembered.size >= rememberAtMost) remembered.clear();
  remembered.set(ip, value);
  return value;
}

function ones(bits: number, family: Family): bigint {
  const width = BigInt(addressBits(family));
  return ((1n << BigInt(bits)) - 1n) << (width - BigInt(bits));
}

function prefixOf(mask: bigint, family: Family): number | undefined {
  const bits = mask.toString(2).replaceAll('0', '').length;
  return mask === ones(bits, family) ? bits : undefined;
}

function build(address: IP, mask: bigint, prefix: number | undefined): Network {
  const family = familyOf(address);
  const base = ipToBigInt(address) & mask;
  const host = prefix === addressBits(family) ? address : undefined;
  if (family === 'ipv6') return { family, base, mask, prefix, host };
  return { family, base: Number(base), mask: Number(mask) | 0, prefix, host };
}

const ipv4Prefix = /^(?:0|[1-9]\d?)$/;
const ipv6Prefix = /^(?:0|[1-9]\d{0,2})$/;

function maskOf(text: string, family: Family): bigint | undefined {
  const pattern = family === 'ipv4' ? ipv4Prefix : ipv6Prefix;
  if (pattern.test(text)) return Number(text) > addressBits(family) ? undefined : ones(Number(text), family);
  const mask = tryParseIP(text);
  return mask === undefined || familyOf(mask) !== family ? undefined : ipToBigInt(mask);
}

/** The number of a dotted IPv4 address without leading zeros, read by its characters; -1 when it is none. */
function dottedNumber(text: string, end: number): number {
  let value = 0;
  let octet = -1;
  let dots = 0;
  for (let at = 0; at < end; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (digit >= 0 && digit <= 9 && octet !== 0) {
      octet = octet < 0 ? digit : octet * 10 + digit;
      if (octet > 255) return -1;
    } else if (digit === -2 && octet >= 0) {
      value = value * 256 + octet;
      octet = -1;
      dots++;
    } else {
      return -1;
    }
  }
  return dots === 3 && octet >= 0 ? value * 256 + octet : -1;
}

/** The network of one IPv4 address, by far the most frequent in a dump; undefined when the text is something else. */
function ipv4Host(text: string): Network | undefined {
  const end = text.endsWith('/32') ? text.length - 3 : text.length;
  const base = dottedNumber(text, end);
  if (base < 0) return undefined;
  const host = (end === text.length ? text : text.slice(0, end)) as IP;
  return { family: 'ipv4', base, mask: -1, prefix: 32, host };
}

/** The network in a text such as `10.0.0.0/8`, `10.0.0.0/255.0.0.0`, `fd00::/8` or `10.0.0.1`; undefined if none is. */
export function parseNetwork(text: string): Network | undefined {
  const ipv4 = ipv4Host(text);
  if (ipv4 !== undefined) return ipv4;
  const slash = text.indexOf('/');
  const address = tryParseIP(slash < 0 ? text : text.slice(0, slash));
  if (address === undefined) return undefined;
  const family = familyOf(address);
  const bits = addressBits(family);
  if (slash < 0) return build(address, ones(bits, family), bits);
  const mask = maskOf(text.slice(slash + 1), family);
  return mask === undefined ? undefined : build(address, mask, prefixOf(mask, family));
}

/** Whether the network holds the address. False across families. */
export function networkHas(network: Network, ip: IP): boolean {
  if (network.host !== undefined) return network.host === ip;
  const value = addressNumber(ip);
  if (typeof value === 'number')
    return typeof network.mask === 'number' && (value & network.mask) >>> 0 === network.base;
  return typeof network.mask === 'bigint' && (value & network.mask) === network.base;
}

/** Whether the address lies from first to last. False across families. */
export function isBetween(ip: IP, first: IP, last: IP): boolean {
  if (familyOf(ip) !== familyOf(first)) return false;
  const value = addressNumber(ip);
  return value >= addressNumber(first) && value <= addressNumber(last);
}

/** The addresses from first to last, at most so many of them. */
export function addressesBetween(first: IP, last: IP, limit: number): IP[] {
  const found: IP[] = [];
  const end = ipToBigInt(last);
  for (let at = ipToBigInt(first); at <= end && found.length < limit; at++)
    found.push(ipFromBigInt(at, familyOf(first)));
  return found;
}

/** How many leading bits two addresses of one family share. */
export function commonBits(a: IP, b: IP): number {
  const differing = (ipToBigInt(a) ^ ipToBigInt(b)).toString(2);
  return addressBits(familyOf(a)) - (differing === '0' ? 0 : differing.length);
}
