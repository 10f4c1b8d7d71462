import type { FlannelConfig } from '../cluster/view.ts';
import { type Cidr, cidrAddress, cidrPrefix, cidrsOverlap, familyOf, ipToBigInt } from '../net/address.ts';
import { familiesOf, type Pool, poolOf } from './families.ts';
import type { SubnetLease } from './lease-record.ts';

/** The subnets of a lease; IPv4 comes first. */
export function subnetsOf(lease: Pick<SubnetLease, 'subnet' | 'subnetV6'>): readonly Cidr[] {
  return lease.subnetV6 === undefined ? [lease.subnet] : [lease.subnet, lease.subnetV6];
}

function fits(pool: Pool, subnet: Cidr): boolean {
  if (familyOf(subnet) !== familyOf(pool.network) || cidrPrefix(subnet) !== pool.subnetLen) return false;
  const address = ipToBigInt(cidrAddress(subnet));
  return address >= ipToBigInt(pool.subnetMin) && address <= ipToBigInt(pool.subnetMax);
}

/** Whether the subnets are what the configuration would lease now: one per family, each within its range. */
export function isCompatible(config: FlannelConfig, subnets: readonly Cidr[]): boolean {
  const families = familiesOf(config);
  return (
    subnets.length === families.length &&
    families.every((family, at) => {
      const pool = poolOf(config, family);
      const subnet = subnets[at];
      return pool !== undefined && subnet !== undefined && fits(pool, subnet);
    })
  );
}

/** The first lease that shares an address with one of the subnets. */
export function overlapping(leases: readonly SubnetLease[], subnets: readonly Cidr[]): SubnetLease | undefined {
  return leases.find((lease) =>
    subnetsOf(lease).some((held) =>
      subnets.some((subnet) => familyOf(held) === familyOf(subnet) && cidrsOverlap(held, subnet)),
    ),
  );
}

/** Who has the lease, for messages. */
export function holder(lease: SubnetLease): string {
  return lease.node === null ? `reserved for ${lease.publicIP}` : `held by ${lease.node}`;
}
