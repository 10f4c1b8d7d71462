import { type Family, type IP, ipFromBigInt } from '../../../net/address.ts';
import type { Fraction } from '../../fraction.ts';
import { certain } from '../../fraction.ts';
import type { Range, Translation } from '../types.ts';
import type { Expression, Nat } from './ast.ts';
import type { Datum } from './data-types.ts';
import { evaluate, isUnknown, type Scope } from './evaluate.ts';
import type { Unknown } from './field-values.ts';
import type { Pattern } from './values.ts';

/** NAT with the share of packets that get it; undefined where the map of the rule has nothing for the packet. */
export interface WeightedTranslation {
  readonly share: Fraction;
  readonly translation: Translation | Unknown | undefined;
}

function rangeOf<T>(pattern: Pattern, convert: (value: Datum) => T): Range<T> | undefined {
  if (pattern.kind === 'exact') return { first: convert(pattern.value), last: convert(pattern.value) };
  return pattern.kind === 'range' ? { first: convert(pattern.low), last: convert(pattern.high) } : undefined;
}

function toIP(value: Datum): IP {
  const family: Family = typeof value === 'bigint' ? 'ipv6' : 'ipv4';
  return ipFromBigInt(BigInt(value), family);
}

function build(nat: Nat['nat'], address: Pattern | undefined, port: Pattern | undefined): Translation {
  const ports = port === undefined ? undefined : rangeOf(port, Number);
  const addresses = address === undefined ? undefined : rangeOf(address, toIP);
  if (nat === 'masquerade' || nat === 'redirect') return { to: nat, ...(ports === undefined ? {} : { ports }) };
  return {
    to: nat === 'dnat' ? 'destination' : 'source',
    ...(addresses === undefined ? {} : { addresses }),
    ...(ports === undefined ? {} : { ports }),
  };
}

function exact(value: Datum | undefined): Pattern | undefined {
  return value === undefined ? undefined : { kind: 'exact', value };
}

function constantOf(expression: Expression | undefined): Pattern | undefined {
  return expression?.kind === 'constant' ? expression.pattern : undefined;
}

/** The NAT that the statement asks for, each with its share. */
export function translations({ nat, address, port }: Nat, scope: Scope): readonly WeightedTranslation[] {
  const fixedPort = constantOf(port);
  if (address === undefined || address.kind === 'constant') {
    return [{ share: certain, translation: build(nat, constantOf(address), fixedPort) }];
  }
  return evaluate(address, scope).map(({ share, value }) => {
    if (value === undefined || isUnknown(value)) return { share, translation: value };
    return { share, translation: build(nat, exact(value[0]), exact(value[1]) ?? fixedPort) };
  });
}

/** The NAT in the words of rules: `dnat 10.244.1.2:80`. */
export function translationText(translation: Translation): string {
  const words = { destination: 'dnat', source: 'snat', masquerade: 'masquerade', redirect: 'redirect' };
  const addresses = 'addresses' in translation ? translation.addresses : undefined;
  const ip = addresses === undefined ? '' : span(addresses.first, addresses.last);
  const { ports } = translation;
  if (ports === undefined) return `${words[translation.to]} ${ip}`.trim();
  return `${words[translation.to]} ${ip.includes(':') ? `[${ip}]` : ip}:${span(ports.first, ports.last)}`;
}

function span(first: string | number, last: string | number): string {
  return first === last ? String(first) : `${first}-${last}`;
}
