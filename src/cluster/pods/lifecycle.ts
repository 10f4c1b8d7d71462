import { LabError } from '../../errors.ts';
import type { OwnerReference } from '../../kinds/types/meta.ts';
import type { LabObject } from '../../kinds/types/object.ts';
import type { Pod, PodTemplateSpec } from '../../kinds/types/pod.ts';
import { type Key, keyOf } from '../keys.ts';
import { generateName, timestamp } from '../names.ts';
import { type ObjectStore, withMetadata } from '../store.ts';
import { isPodFinished } from './status.ts';

/** The reference by which a workload controls its dependents. Throws `internal` for an object that is not stored. */
export function ownerReference(owner: LabObject): OwnerReference {
  const { uid, name } = owner.metadata;
  if (uid === undefined) throw new LabError('internal', `${owner.kind} "${name}" has no uid`);
  return { apiVersion: owner.apiVersion, kind: owner.kind, name, uid, controller: true };
}

/** What a new Pod has beyond its template. */
export interface PodExtras {
  /** A fixed name; derived from the owner's when absent. */
  readonly name?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly spec?: Partial<Pod['spec']>;
}

/** Creates a Pod of the owner from its template. Its name is the owner's with a suffix, unless a fixed one is given. */
export function createPod(
  store: ObjectStore,
  owner: LabObject,
  template: PodTemplateSpec,
  extras: PodExtras = {},
): Pod {
  const { namespace = 'default', name: ownerName, uid } = owner.metadata;
  const taken = (name: string) => store.get('Pod', namespace, name) !== undefined;
  const name = extras.name ?? generateName(`${ownerName}-`, `${uid}/${store.resourceVersion}`, taken);
  const annotations = template.metadata?.annotations;
  return store.create<Pod>({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace,
      ...(extras.name === undefined ? { generateName: `${ownerName}-` } : {}),
      labels: { ...template.metadata?.labels, ...extras.labels },
      ...(annotations === undefined ? {} : { annotations }),
      ownerReferences: [ownerReference(owner)],
    },
    spec: { ...template.spec, ...extras.spec },
    status: { phase: 'Pending' },
  });
}

/** How a Pod is deleted; grace in seconds, the Pod's own when absent. */
export interface PodDeletion {
  readonly now: Date;
  readonly gracePeriodSeconds?: number;
}

/**
 * Deletes a Pod as the API server does: one that runs on a node gets a deletionTimestamp and stays until
 * finishPodDeletion; one that never started, has ended, has no node or is given no grace goes at once.
 */
export function deletePod(store: ObjectStore, pod: Pod, { now, gracePeriodSeconds }: PodDeletion): void {
  const grace = gracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds;
  const { nodeName } = pod.spec;
  const hasKubelet = nodeName !== undefined && store.get('Node', undefined, nodeName) !== undefined;
  if (!hasKubelet || isPodFinished(pod) || grace === 0) store.delete(keyOf(pod));
  else if (pod.metadata.deletionTimestamp === undefined) {
    const deletionTimestamp = timestamp(new Date(now.getTime() + grace * 1000));
    store.update(withMetadata(pod, { ...pod.metadata, deletionTimestamp, deletionGracePeriodSeconds: grace }));
  }
}

/** Removes a Pod whose containers have ended after its deletion was asked for. Nothing happens when it is gone already. */
export function finishPodDeletion(store: ObjectStore, key: Key): void {
  const pod = store.getByKey(key);
  if (pod?.kind === 'Pod' && pod.metadata.deletionTimestamp !== undefined) store.delete(key);
}
