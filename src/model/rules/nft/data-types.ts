import { isIPv4 } from 'node:net';
import { ipToBigInt, tryParseIP } from '../../../net/address.ts';
import { ctStates, ctStatuses, icmpTypes, icmpv6Types, protocols, tcpFlags } from './constants.ts';

/** A value of a packet or of a rule: numbers for IPv4 addresses, ports, marks and bits; bigint for IPv6 addresses. */
export type Datum = number | bigint | string;

/** How nft writes the values of one kind. */
export interface DataType {
  readonly name: string;
  /** The value of the text, or undefined when it is none of this type. */
  readonly parse: (text: string) => Datum | undefined;
  /** Whether every value is written in numbers: then other words are damage, and not names that svclab does not know. */
  readonly numeric: boolean;
  /** Bits of a value that takes a `/` prefix: an address, or a mark, whose highest bits nft 1.0.6 writes so. */
  readonly prefixBits?: 32 | 128;
  /** Whether the value is a set of bits, so that `ct state new` asks for one of them. */
  readonly bits?: boolean;
}

/** The IPv4 address as a number of 32 bits, or undefined when the text is none. */
export function ipv4Number(text: string): number | undefined {
  if (!isIPv4(text)) return undefined;
  let value = 0;
  let octet = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 46) {
      value = value * 256 + octet;
      octet = 0;
    } else octet = octet * 10 + code - 48;
  }
  return value * 256 + octet;
}

function ipv6Number(text: string): bigint | undefined {
  const ip = text.includes(':') ? tryParseIP(text) : undefined;
  return ip === undefined ? undefined : ipToBigInt(ip);
}

function numberUpTo(limit: number): (text: string) => number | undefined {
  return (text) => {
    const value = /^(\d+|0x[0-9a-f]+)$/i.test(text) ? Number(text) : undefined;
    return value === undefined || value > limit ? undefined : value;
  };
}

const word32 = numberUpTo(0xffffffff);

function named(name: string, names: Readonly<Record<string, number>>, more: { bits?: boolean } = {}): DataType {
  const parse = (text: string) => (Object.hasOwn(names, text) ? names[text] : word32(text));
  return { name, numeric: false, ...more, parse };
}

function words(name: string, synonyms: Readonly<Record<string, string>> = {}): DataType {
  return { name, numeric: false, parse: (text) => synonyms[text] ?? text };
}

const known: readonly DataType[] = [
  { name: 'ipv4_addr', numeric: true, parse: ipv4Number, prefixBits: 32 },
  { name: 'ipv6_addr', numeric: true, parse: ipv6Number, prefixBits: 128 },
  { name: 'inet_service', numeric: false, parse: numberUpTo(65535) },
  { name: 'mark', numeric: true, parse: word32, prefixBits: 32 },
  { name: 'integer', numeric: false, parse: word32 },
  named('inet_proto', protocols),
  named('ct_state', ctStates, { bits: true }),
  named('ct_status', ctStatuses, { bits: true }),
  named('tcp_flag', tcpFlags, { bits: true }),
  named('icmp_type', icmpTypes),
  named('icmpv6_type', icmpv6Types),
  words('ifname'),
  words('fib_addrtype'),
  words('pkt_type', { unicast: 'host' }),
  words('nf_proto'),
  words('ether_type', { ip: 'ipv4', ip6: 'ipv6' }),
  words('ct_dir'),
  words('boolean', { exists: '1', missing: '0' }),
];
const byName = new Map(known.map((type) => [type.name, type]));

/** The data type of this name; one that svclab does not know takes every word and equals nothing. */
export function dataType(name: string): DataType {
  return byName.get(name === 'iface_index' ? 'ifname' : name) ?? words(name);
}
