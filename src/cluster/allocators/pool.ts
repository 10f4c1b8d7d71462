import { type Cidr, cidrSize, type IP, nthAddress } from '../../net/address.ts';

/** Offsets of the first and last host of a network; from /31 (or /127) on, every address is a host. */
function hostOffsets(cidr: Cidr): { readonly first: bigint; readonly last: bigint } {
  const size = cidrSize(cidr);
  return size <= 2n ? { first: 0n, last: size - 1n } : { first: 1n, last: size - 2n };
}

/** The lowest free address of a LoadBalancer pool, without its network and broadcast address; undefined when it is used up. */
export function nextPoolAddress(pool: Cidr, isTaken: (ip: IP) => boolean): IP | undefined {
  const { first, last } = hostOffsets(pool);
  for (let offset = first; offset <= last; offset++) {
    const ip = nthAddress(pool, offset);
    if (!isTaken(ip)) return ip;
  }
  return undefined;
}
