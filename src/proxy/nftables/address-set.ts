import {
  addressBits,
  type Cidr,
  cidrAddress,
  cidrSize,
  type Family,
  familyOf,
  ipFromBigInt,
  ipToBigInt,
  makeCidr,
  tryParseCidr,
  tryParseIP,
} from '../../net/address.ts';

/** Addresses without a gap. */
interface Interval {
  readonly first: bigint;
  readonly last: bigint;
}

function intervalOf(cidr: Cidr): Interval {
  const first = ipToBigInt(cidrAddress(cidr));
  return { first, last: first + cidrSize(cidr) - 1n };
}

/** The same addresses in as few intervals as possible, ascending: the kernel joins those that overlap or touch. */
function joined(intervals: readonly Interval[]): readonly Interval[] {
  const sorted = [...intervals].sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0));
  const found: Interval[] = [];
  for (const { first, last } of sorted) {
    const before = found.at(-1);
    if (before === undefined || first > before.last + 1n) found.push({ first, last });
    else if (last > before.last) found[found.length - 1] = { first: before.first, last };
  }
  return found;
}

/** An interval as nft prints it: an address, a network, or `first-last`. */
function printed({ first, last }: Interval, family: Family): string {
  const address = ipFromBigInt(first, family);
  const size = last - first + 1n;
  if (size === 1n) return address;
  const isNetwork = (size & (size - 1n)) === 0n && first % size === 0n;
  if (!isNetwork) return `${address}-${ipFromBigInt(last, family)}`;
  return makeCidr(address, addressBits(family) - (size.toString(2).length - 1));
}

function list(elements: readonly string[]): string {
  return `{ ${elements.join(', ')} }`;
}

/**
 * Networks as an anonymous set in the form of `nft list`, where loading that form gives the same set again. Several
 * networks that the kernel joins to one interval stay as they were given: nft takes a set of one for no set.
 */
export function addressSet(cidrs: readonly Cidr[]): string {
  const [only] = cidrs;
  if (only === undefined) return list([]);
  const family = familyOf(only);
  const intervals = joined(cidrs.map(intervalOf));
  const texts = intervals.map((interval) => printed(interval, family));
  if (cidrs.length === 1) return texts.join('');
  return list(intervals.length === 1 ? cidrs : texts);
}

const sourceFilter = /^(ip6? saddr != )\{ (.+) \}( drop)$/;

/** A rule of a chain firewall-… as `nft list` prints it once it is loaded; other rules as they are. */
export function listedSourceFilter(rule: string): string {
  const [, start = '', elements = '', end = ''] = sourceFilter.exec(rule) ?? [];
  const cidrs = elements.split(', ').map((element) => {
    const ip = tryParseIP(element);
    return ip === undefined ? tryParseCidr(element) : makeCidr(ip, addressBits(familyOf(ip)));
  });
  const known = cidrs.filter((cidr): cidr is Cidr => cidr !== undefined);
  const [only] = known;
  if (only === undefined || known.length !== cidrs.length) return rule;
  const texts = joined(known.map(intervalOf)).map((interval) => printed(interval, familyOf(only)));
  return `${start}${list(texts)}${end}`;
}
