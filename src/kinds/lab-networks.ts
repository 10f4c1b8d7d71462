import { type Cidr, type Family, familyOf, type IP, nthAddress, tryParseCidr, tryParseIP } from '../net/address.ts';
import type { LabClient, LabSpec } from './types/lab.ts';

/** The networks of a comma list such as `10.96.0.0/12,fd00:10:96::/112`, in its order; what is none is left out. */
export function networksOf(list: string | undefined): readonly Cidr[] {
  return (list ?? '').split(',').flatMap((text) => tryParseCidr(text.trim()) ?? []);
}

/** The first network of the family in a comma list, or undefined when there is none. */
export function networkOf(list: string | undefined, family: Family): Cidr | undefined {
  return networksOf(list).find((cidr) => familyOf(cidr) === family);
}

/** The underlay's network of the family; undefined for IPv6 in a lab that has none. */
export function underlayOf({ underlay }: Pick<LabSpec, 'underlay'>, family: Family): Cidr | undefined {
  return networkOf(underlay.cidr, family);
}

/** Address of the underlay's router in the family: the first of its network. */
export function routerAddressOf(spec: Pick<LabSpec, 'underlay'>, family: Family): IP | undefined {
  const network = underlayOf(spec, family);
  return network === undefined ? undefined : nthAddress(network, 1);
}

/** Families of the underlay, and so of the nodes; IPv4 comes first. */
export function labFamilies(spec: Pick<LabSpec, 'underlay'>): readonly Family[] {
  return underlayOf(spec, 'ipv6') === undefined ? ['ipv4'] : ['ipv4', 'ipv6'];
}

/** Addresses of a host outside the cluster, one of each family at most. */
export function clientIPs({ ip, ips = [ip] }: LabClient): readonly IP[] {
  return ips.flatMap((text) => tryParseIP(text) ?? []);
}
