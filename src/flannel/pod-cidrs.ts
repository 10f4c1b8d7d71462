import type { FlannelConfig } from '../cluster/view.ts';
import { LabError } from '../errors.ts';
import { type Cidr, cidrAddress, cidrContains, cidrPrefix, type Family, familyOf } from '../net/address.ts';
import { familiesOf, poolOf } from './families.ts';
import type { SubnetLease } from './lease-record.ts';
import { holder, overlapping, subnetsOf } from './lease-subnets.ts';
import { longestSubnet } from './pool.ts';

function fixedSubnet(config: FlannelConfig, node: string, podCIDRs: readonly Cidr[], family: Family): Cidr {
  const subnet = podCIDRs.find((cidr) => familyOf(cidr) === family);
  const network = poolOf(config, family)?.network;
  const name = family === 'ipv4' ? 'IPv4' : 'IPv6';
  if (subnet === undefined || network === undefined) {
    throw new LabError('invalid-object', `node "${node}" has no ${name} subnet in spec.podCIDRs`, {
      field: 'spec.podCIDRs',
      hint: `Add one from the flannel network, or leave podCIDRs out to get a lease.`,
    });
  }
  if (!cidrContains(network, cidrAddress(subnet)) || cidrPrefix(subnet) < cidrPrefix(network)) {
    throw new LabError('invalid-object', `podCIDR ${subnet} of node "${node}" is outside of ${network}`, {
      field: 'spec.podCIDR',
      hint: "Take it from flannel's Network, or change Network in net-conf.json.",
    });
  }
  if (cidrPrefix(subnet) > longestSubnet(family)) {
    throw new LabError('invalid-object', `podCIDR ${subnet} of node "${node}" leaves no room for Pods`, {
      field: 'spec.podCIDR',
      hint: `Make it at most a /${longestSubnet(family)}.`,
    });
  }
  return subnet;
}

/**
 * The subnets that a Node's spec.podCIDRs give it, one per family, as flannel's Kubernetes manager takes them. SubnetLen,
 * SubnetMin and SubnetMax do not matter there. Throws `invalid-object` when one is missing, outside of Network or too small,
 * and `conflict` when it overlaps one of the others' leases.
 */
export function fixedSubnets(
  config: FlannelConfig,
  node: string,
  podCIDRs: readonly Cidr[],
  others: readonly SubnetLease[],
): readonly Cidr[] {
  const subnets = familiesOf(config).map((family) => fixedSubnet(config, node, podCIDRs, family));
  const other = overlapping(others, subnets);
  if (other !== undefined) {
    throw new LabError(
      'conflict',
      `podCIDR ${subnets.join(', ')} of node "${node}" overlaps ${subnetsOf(other).join(', ')}, ${holder(other)}`,
      { field: 'spec.podCIDR', hint: 'Give every node a subnet of its own.' },
    );
  }
  return subnets;
}
