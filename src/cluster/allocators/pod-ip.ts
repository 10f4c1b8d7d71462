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
} from '../../net/address.ts';

/**
 * Addresses of the Pods of one node, given as CNI's host-local plugin does: round robin after the last one given, without
 * the network's, the gateway's (.1) and the broadcast address.
 */
export class PodAddressPool {
  readonly subnet: Cidr;
  readonly #base: bigint;
  /** Number of addresses, the first of which is .2. */
  readonly #count: bigint;
  readonly #taken = new Set<IP>();
  #last: bigint = -1n;

  constructor(subnet: Cidr) {
    this.subnet = subnet;
    this.#base = ipToBigInt(cidrAddress(subnet)) + 2n;
    this.#count = cidrSize(subnet) - 3n;
  }

  /** The next free address. Throws `environment` when the subnet is full. */
  allocate(): IP {
    for (let i = 1n; i <= this.#count; i++) {
      const at = (this.#last + i) % this.#count;
      const ip = ipFromBigInt(this.#base + at, familyOf(this.subnet));
      if (this.#taken.has(ip)) continue;
      this.#last = at;
      this.#taken.add(ip);
      return ip;
    }
    throw new LabError('environment', `no IP addresses available in range set: ${this.subnet}`, {
      hint: 'Delete Pods of the node, or give nodes larger subnets (SubnetLen in net-conf.json).',
    });
  }

  /** Marks an address as used by a Pod that has it already; one of another subnet is ignored. */
  reserve(ip: IP): void {
    if (cidrContains(this.subnet, ip)) this.#taken.add(ip);
  }

  /** Gives an address back. */
  release(ip: IP): void {
    this.#taken.delete(ip);
  }
}
