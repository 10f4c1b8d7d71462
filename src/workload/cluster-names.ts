import { outsideOf } from '../dns/lab-dns.ts';
import { type DnsOptions, kubeadmOptions } from '../dns/options.ts';
import { noOutside, type Outside } from '../dns/outside.ts';
import { Zone } from '../dns/zone.ts';
import type { ZoneChange } from '../dns/zone-item.ts';
import type { LabDns } from '../kinds/types.ts';

/** A lab's names, as every DNS server of its helper process answers them. */
export interface ClusterNames {
  readonly zone: Zone;
  readonly options: DnsOptions;
  readonly outside: Outside;
}

let names: ClusterNames = { zone: new Zone(), options: kubeadmOptions, outside: noOutside };

/** The names that the helper process knows. */
export function clusterNames(): ClusterNames {
  return names;
}

/** Begins anew with a lab's configuration; servers that are started later answer by it. */
export function configureNames(dns: LabDns): void {
  const options = { ...kubeadmOptions, clusterDomain: dns.clusterDomain };
  names = { zone: new Zone(), options, outside: outsideOf(dns) };
}

/** Takes in changes of the zone, made at that Unix time in seconds. */
export function changeNames(changes: readonly ZoneChange[], time: number): void {
  names.zone.apply(changes, time);
}
