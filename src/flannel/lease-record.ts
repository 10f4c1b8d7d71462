import type { FlannelConfig } from '../cluster/view.ts';
import { type Cidr, cidrAddress, cidrPrefix, type IPv4, type IPv6 } from '../net/address.ts';
import type { BackendType, VxlanData } from './backends/types.ts';

/** A node's hold on its subnets, one per family. */
export interface SubnetLease {
  /** Null: reserved for the public IP by hand, and no node has taken it yet. */
  readonly node: string | null;
  readonly subnet: Cidr;
  readonly subnetV6?: Cidr;
  /** Underlay addresses at which other nodes reach it; they identify the holder. */
  readonly publicIP: IPv4;
  readonly publicIPv6?: IPv6;
  readonly backendType: BackendType;
  readonly backendData?: VxlanData;
  readonly backendV6Data?: VxlanData;
  /** Null: never; a reservation, or a subnet that the Node object fixes. */
  readonly expires: Date | null;
}

/** All leases of a flannel network: a value; every change makes a new one. */
export interface LeaseState {
  readonly config: FlannelConfig;
  readonly leases: readonly SubnetLease[];
}

/** flanneld's flag -etcd-prefix. */
const defaultEtcdPrefix = '/coreos.com/network';

/** etcd key of flannel's configuration; its value is netConfText. */
export function configKey(prefix: string = defaultEtcdPrefix): string {
  return `${prefix}/config`;
}

/** etcd key of a lease, such as `/coreos.com/network/subnets/10.244.50.0-24`, with `&fd00:10:244:3b::-64` for IPv6. */
export function leaseKey(lease: Pick<SubnetLease, 'subnet' | 'subnetV6'>, prefix: string = defaultEtcdPrefix): string {
  const dashed = (subnet: Cidr): string => `${cidrAddress(subnet)}-${cidrPrefix(subnet)}`;
  const subnets = lease.subnetV6 === undefined ? [lease.subnet] : [lease.subnet, lease.subnetV6];
  return `${prefix}/subnets/${subnets.map(dashed).join('&')}`;
}

function dataJSON(data: VxlanData): { VNI: number; VtepMAC: string } {
  return { VNI: data.vni, VtepMAC: data.vtepMac };
}

/** etcd value of a lease: compact JSON with the keys in flannel's order. */
export function leaseValue(lease: SubnetLease): string {
  return JSON.stringify({
    PublicIP: lease.publicIP,
    PublicIPv6: lease.publicIPv6 ?? null,
    BackendType: lease.backendType,
    ...(lease.backendData === undefined ? {} : { BackendData: dataJSON(lease.backendData) }),
    ...(lease.backendV6Data === undefined ? {} : { BackendV6Data: dataJSON(lease.backendV6Data) }),
  });
}
