import type { LabLocation } from '../api/locate.ts';
import { outsideOf } from '../dns/lab-dns.ts';
import { type DnsOptions, kubeadmOptions } from '../dns/options.ts';
import { noOutside, type Outside } from '../dns/outside.ts';
import { Zone } from '../dns/zone.ts';
import { zoneChanges } from '../dns/zone-item.ts';
import type { KubeObject, Lab, LabObject } from '../kinds/types.ts';
import { type IP, parseIP } from '../net/address.ts';
import { endpointMakers } from './endpoint-makers.ts';
import { type ReadOptions, readManifests } from './manifests.ts';
import { listObjects } from './objects.ts';
import { kindOf } from './resources.ts';

/** A cluster's names and how they are answered. */
export interface ClusterNames {
  readonly zone: Zone;
  readonly options: DnsOptions;
  readonly outside: Outside;
}

/** Where cluster DNS is when the objects do not tell. */
const usualAddress = parseIP('10.96.0.10');

/** Whether the objects are what CoreDNS watches, such as the dump of a cluster, so that nothing has to be worked out. */
function isDump(objects: readonly LabObject[]): boolean {
  const complete = (object: LabObject) =>
    object.kind !== 'Service' || object.spec.type === 'ExternalName' || object.spec.clusterIP !== undefined;
  const hasSlices = objects.some(({ kind }) => kind === 'EndpointSlice');
  return objects.every(complete) && (hasSlices || !objects.some(({ kind }) => endpointMakers.has(kind)));
}

async function clusterObjects(objects: readonly LabObject[]): Promise<readonly LabObject[]> {
  if (isDump(objects)) return objects;
  const { offlineLab } = await import('../lab/offline.ts');
  return offlineLab('default', objects).store.all();
}

function namesOf(objects: readonly LabObject[]): ClusterNames {
  const zone = new Zone();
  zone.apply(zoneChanges(objects), Date.now() / 1000);
  const lab = objects.find((object): object is Lab => object.kind === 'Lab')?.spec.dns;
  const own = (zone.service('kube-system', 'kube-dns')?.clusterIPs ?? []) as readonly IP[];
  const localIPs = own.length === 0 ? [usualAddress] : own;
  const clusterDomain = lab?.clusterDomain ?? kubeadmOptions.clusterDomain;
  const outside = lab === undefined ? noOutside : outsideOf(lab);
  return { zone, options: { ...kubeadmOptions, clusterDomain, localIPs }, outside };
}

/**
 * The names of a cluster given as files. Services and endpoints are taken as they are if the files have them; otherwise
 * they are those that a lab of the objects would have. Throws the faults of the manifests.
 */
export async function namesOfFiles(files: readonly string[], options: ReadOptions): Promise<ClusterNames> {
  const manifests = await readManifests(files, options);
  return namesOf(await clusterObjects(manifests.map(({ object }) => object)));
}

/** The names of a running lab. */
export async function namesOfLab(lab: LabLocation): Promise<ClusterNames> {
  const kinds = ['Lab', 'Namespace', 'Service', 'EndpointSlice'];
  const lists = await Promise.all(kinds.map((kind) => listObjects(lab, kindOf(kind), {})));
  const objects: readonly KubeObject[] = lists.flatMap(({ items }) => items);
  return namesOf(objects as readonly LabObject[]);
}
