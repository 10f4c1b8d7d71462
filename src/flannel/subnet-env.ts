import type { FlannelConfig } from '../cluster/view.ts';
import { type Cidr, cidrPrefix, type Family, familyOf, nthAddress } from '../net/address.ts';
import { poolOf } from './families.ts';

/** The address of a node's bridge with the subnet's length, such as `10.244.1.1/24`: the gateway of its Pods. */
function gatewayOf(subnet: Cidr): string {
  return `${nthAddress(subnet, 1)}/${cidrPrefix(subnet)}`;
}

function lines(config: FlannelConfig, subnets: readonly Cidr[], family: Family): readonly string[] {
  const pool = poolOf(config, family);
  const subnet = subnets.find((cidr) => familyOf(cidr) === family);
  if (pool === undefined || subnet === undefined) return [];
  const prefix = family === 'ipv4' ? 'FLANNEL' : 'FLANNEL_IPV6';
  return [`${prefix}_NETWORK=${pool.network}`, `${prefix}_SUBNET=${gatewayOf(subnet)}`];
}

/** Text of /run/flannel/subnet.env of the node that holds these subnets. `mtu`: FLANNEL_MTU, in bytes. */
export function subnetEnv(config: FlannelConfig, subnets: readonly Cidr[], mtu: number): string {
  return [
    ...lines(config, subnets, 'ipv4'),
    ...lines(config, subnets, 'ipv6'),
    `FLANNEL_MTU=${mtu}`,
    `FLANNEL_IPMASQ=${config.ipMasq}`,
    '',
  ].join('\n');
}
