import { LabError } from '../../errors.ts';
import { type Cidr, cidrSize, type IP, nthAddress } from '../../net/address.ts';

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
