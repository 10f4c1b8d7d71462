import { LabError } from '../../errors.ts';
import { type Cidr, cidrAddress, cidrSize, type IP, ipToBigInt, nthAddress } from '../../net/address.ts';

/** Offset in the underlay of the first node that gets an address by itself; the ones below are the router's and the user's. */
const firstOffset = 11n;

/** The lowest free node address of the underlay from .11 on. Throws `invalid-object` when none is left. */
export function nextNodeAddress(underlay: Cidr, isTaken: (ip: IP) => boolean): IP {
  for (let offset = firstOffset; offset < cidrSize(underlay) - 1n; offset++) {
    const ip = nthAddress(underlay, offset);
    if (!isTaken(ip)) return ip;
  }
  throw new LabError('invalid-object', `the underlay ${underlay} has no address left for another node`, {
    field: 'spec.underlay.cidr',
    hint: 'Use a larger underlay network.',
  });
}

/**
 * The IPv6 address that goes with a node's IPv4 address: the decimal number of the one is the hexadecimal of the other,
 * as people number hosts: 192.168.56.11 and fd00:56::11. Where that is taken or beyond the network, the lowest free
 * one. Throws `invalid-object` when none is left.
 */
export function likeNodeAddress(
  { ip, underlay }: { readonly ip: IP; readonly underlay: Cidr },
  network: Cidr,
  isTaken: (ip: IP) => boolean,
): IP {
  const number = ipToBigInt(ip) - ipToBigInt(cidrAddress(underlay));
  const offset = number < 0n ? -1n : BigInt(`0x${number}`);
  const alike = offset > 1n && offset < cidrSize(network) ? nthAddress(network, offset) : undefined;
  return alike === undefined || isTaken(alike) ? nextNodeAddress(network, isTaken) : alike;
}
