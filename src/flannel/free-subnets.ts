import { type Cidr, cidrAddress, cidrSize, familyOf, ipFromBigInt, ipToBigInt, makeCidr } from '../net/address.ts';
import type { Pool } from './families.ts';

/** flannel chooses among at most this many free subnets. */
export const maxCandidates = 100;

/** Addresses from `first` up to, but not including, `end`. */
interface Range {
  readonly first: bigint;
  readonly end: bigint;
}

function rangeOf(cidr: Cidr): Range {
  const first = ipToBigInt(cidrAddress(cidr));
  return { first, end: first + cidrSize(cidr) };
}

/** The first free subnets of the pool, at most 100, in ascending order: those that share no address with one taken. */
export function freeSubnets(pool: Pool, taken: readonly Cidr[]): readonly Cidr[] {
  const family = familyOf(pool.network);
  const ranges = taken
    .filter((cidr) => familyOf(cidr) === family)
    .map(rangeOf)
    .sort((a, b) => (a.first < b.first ? -1 : 1));
  const last = ipToBigInt(pool.subnetMax);
  const free: Cidr[] = [];
  let at = 0;
  let first = ipToBigInt(pool.subnetMin);
  while (first <= last && free.length < maxCandidates) {
    const subnet = makeCidr(ipFromBigInt(first, family), pool.subnetLen);
    const { end } = rangeOf(subnet);
    while ((ranges[at]?.end ?? end) <= first) at++;
    const next = ranges[at];
    const isFree = next === undefined || next.first >= end;
    if (isFree) free.push(subnet);
    first = isFree || next.end < end ? end : next.end;
  }
  return free;
}
