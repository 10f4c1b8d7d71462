import type { LabObject } from '../kinds/types/object.ts';
import { type ClusterNames, namesOf } from '../lookup/names.ts';
import { asGiven, isExistingCluster } from './as-given.ts';
import { endpointMakers } from './endpoint-makers.ts';
import { type ReadOptions, readManifests, withPlaces } from './manifests.ts';

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
  return offlineLab('default', asGiven(objects), { keepReadiness: isExistingCluster(objects) }).store.all();
}

/**
 * The names of a cluster given as files. Services and endpoints are taken as they are if the files have them; otherwise
 * they are those that a lab of the objects would have; without a Lab object, Pods that are said not to be ready are not.
 * Throws the faults of the manifests.
 */
export async function namesOfFiles(files: readonly string[], options: ReadOptions): Promise<ClusterNames> {
  const manifests = await readManifests(files, options);
  const given = manifests.map(({ object }) => object);
  return namesOf(await withPlaces(manifests, () => clusterObjects(given)));
}
