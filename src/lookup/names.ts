import { requestJSON } from '../api/http.ts';
import type { LabLocation } from '../api/locate.ts';
import { outsideOf } from '../dns/lab-dns.ts';
import { type DnsOptions, kubeadmOptions } from '../dns/options.ts';
import { noOutside, type Outside } from '../dns/outside.ts';
import { Zone } from '../dns/zone.ts';
import { zoneChanges } from '../dns/zone-item.ts';
import type { Lab } from '../kinds/types/lab.ts';
import type { LabObject } from '../kinds/types/object.ts';
import { type IP, parseIP } from '../net/address.ts';

/** A cluster's names and how they are answered. */
export interface ClusterNames {
  readonly zone: Zone;
  readonly options: DnsOptions;
  readonly outside: Outside;
}

/** Where cluster DNS is when the objects do not tell. */
const usualAddress = parseIP('10.96.0.10');

/** The names of the cluster that has these objects. */
export function namesOf(objects: readonly LabObject[]): ClusterNames {
  const zone = new Zone();
  zone.apply(zoneChanges(objects), Date.now() / 1000);
  const lab = objects.find((object): object is Lab => object.kind === 'Lab')?.spec.dns || undefined;
  const own = (zone.service('kube-system', 'kube-dns')?.clusterIPs ?? []) as readonly IP[];
  const localIPs = own.length === 0 ? [usualAddress] : own;
  const clusterDomain = lab?.clusterDomain ?? kubeadmOptions.clusterDomain;
  const outside = lab === undefined ? noOutside : outsideOf(lab);
  return { zone, options: { ...kubeadmOptions, clusterDomain, localIPs }, outside };
}

const collections = {
  Lab: '/apis/svclab.dev/v1/labs',
  Namespace: '/api/v1/namespaces',
  Service: '/api/v1/services',
  EndpointSlice: '/apis/discovery.k8s.io/v1/endpointslices',
} as const;

/** The names of a running lab. */
export async function namesOfLab(lab: LabLocation): Promise<ClusterNames> {
  const lists = await Promise.all(
    Object.entries(collections).map(async ([kind, path]) => {
      const { items } = await requestJSON<{ readonly items: readonly object[] }>(lab, { path });
      return items.map((item) => ({ ...item, kind }) as LabObject);
    }),
  );
  return namesOf(lists.flat());
}
