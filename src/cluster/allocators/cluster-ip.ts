import { LabError } from '../../errors.ts';
import {
  type Cidr,
  cidrAddress,
  cidrContains,
  cidrSize,
  familyOf,
  type IP,
  ipFromBigInt,
  ipToBigInt,
  nthAddress,
} from '../../net/address.ts';
import { fnv32a } from '../names.ts';

/** Addresses that may be given: not the network's own, and in IPv4 not the broadcast address. */
function usable(range: Cidr): { readonly first: bigint; readonly count: bigint } {
  const size = cidrSize(range);
  const count = familyOf(range) === 'ipv4' ? size - 2n : size - 1n;
  return { first: 1n, count: count < 0n ? 0n : count };
}

/**
 * How many addresses at the start of a range are given dynamically only when the rest is used up:
 * min(max(16, size/16), 256), and none in a range of 16 or fewer (KEP-3070).
 */
export function staticBandSize(range: Cidr): bigint {
  const size = cidrSize(range);
  if (size <= 16n) return 0n;
  const share = size / 16n;
  return share < 16n ? 16n : share > 256n ? 256n : share;
}

/** Whether the range holds the address and may give it away. */
export function isUsable(range: Cidr, ip: IP): boolean {
  if (!cidrContains(range, ip)) return false;
  const offset = ipToBigInt(ip) - ipToBigInt(cidrAddress(range));
  const { first, count } = usable(range);
  return offset >= first && offset < first + count;
}

/** How many addresses of the range can be given away. */
export function usableCount(range: Cidr): bigint {
  return usable(range).count;
}

/** Why the address cannot be given, in the API server's words; undefined when it can. `holder` is who has an address. */
export function clusterIPRefusal(
  ranges: readonly Cidr[],
  ip: IP,
  holder: (ip: IP) => string | undefined,
): string | undefined {
  const failed = `failed to allocate IP ${ip}`;
  if (!ranges.some((range) => isUsable(range, ip))) {
    return `${failed}: the provided IP (${ip}) is not in the valid range. The range of valid IPs is ${ranges.join(', ')}`;
  }
  const by = holder(ip);
  return by === undefined ? undefined : `${failed}: provided IP is already allocated (by ${by})`;
}

function probe(range: Cidr, from: bigint, count: bigint, seed: number, isTaken: (ip: IP) => boolean): IP | undefined {
  if (count <= 0n) return undefined;
  const base = ipToBigInt(cidrAddress(range)) + from;
  const start = BigInt(seed) % count;
  for (let i = 0n; i < count; i++) {
    const ip = ipFromBigInt(base + ((start + i) % count), familyOf(range));
    if (!isTaken(ip)) return ip;
  }
  return undefined;
}

/**
 * A free address for the seed: out of the upper band first, then out of the lower one, the ranges in their order. The
 * API server chooses at random; here the seed chooses, so that the same manifests give the same lab.
 * Throws `invalid-object` when every range is full.
 */
export function nextClusterIP(ranges: readonly Cidr[], seed: string, isTaken: (ip: IP) => boolean): IP {
  const hashed = fnv32a(seed);
  for (const range of ranges) {
    const { first, count } = usable(range);
    const offset = staticBandSize(range);
    const upper = probe(range, first + offset, count - offset, hashed, isTaken);
    const lower = count - offset < 0n ? count : offset;
    const found = upper ?? probe(range, first, lower, hashed, isTaken);
    if (found !== undefined) return found;
  }
  throw new LabError('invalid-object', 'failed to allocate a serviceIP: range is full', {
    hint: `Free a Service's address or use a wider range than ${ranges.join(', ')}.`,
  });
}

/** The address of the Service `kubernetes`: the first one of the first range. */
export function kubernetesServiceIP(range: Cidr): IP {
  return nthAddress(range, 1);
}
