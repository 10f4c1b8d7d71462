import type { Key } from '../keys.ts';
import { deletePod } from '../pods/lifecycle.ts';
import type { Change, ObjectStore } from '../store.ts';
import type { Controller } from './controller.ts';

/** Deletes the object; a Pod that runs is only asked to end. */
function deleteByKey(store: ObjectStore, key: Key, now: Date): void {
  const object = store.getByKey(key);
  if (object?.kind === 'Pod') deletePod(store, object, { now });
  else if (object !== undefined) store.delete(key);
}

/** Removes objects whose owners are all gone (background cascading deletion). */
export const garbageCollector: Controller = {
  name: 'garbage-collector',
  *affectedBy({ before, after }: Change, { index }) {
    const uid = before?.metadata.uid;
    if (after === undefined && uid !== undefined) yield* index.byOwner.get(uid);
  },
  reconcile(key, { store, index, now }) {
    const owners = store.getByKey(key)?.metadata.ownerReferences ?? [];
    const alive = owners.some(({ uid }) => index.withUid(uid) !== undefined);
    if (owners.length > 0 && !alive) deleteByKey(store, key, now);
  },
};

/** Removes the Pods of a node that left: no kubelet is there any more to end them. */
export const podGarbageCollector: Controller = {
  name: 'pod-garbage-collector',
  *affectedBy({ before, after }: Change, { index }) {
    if (before?.kind === 'Node' && after === undefined) yield* index.podsByNode.get(before.metadata.name);
  },
  reconcile(key, { store }) {
    const pod = store.getByKey(key);
    if (pod?.kind !== 'Pod' || pod.spec.nodeName === undefined) return;
    if (store.get('Node', undefined, pod.spec.nodeName) === undefined) store.delete(key);
  },
};

/** Empties Namespaces that are being deleted, and removes them once nothing is left in them. */
export const namespaceController: Controller = {
  name: 'namespace',
  *affectedBy({ key, before, after }: Change, { store }) {
    if ((after ?? before)?.kind === 'Namespace') yield key;
    const namespace = after === undefined ? before?.metadata.namespace : undefined;
    const owner = namespace === undefined ? undefined : store.get('Namespace', undefined, namespace);
    if (owner?.metadata.deletionTimestamp !== undefined) yield `Namespace//${owner.metadata.name}`;
  },
  reconcile(key, { store, index, now }) {
    const namespace = store.getByKey(key);
    if (namespace?.metadata.deletionTimestamp === undefined) return;
    for (const content of index.byNamespace.sorted(namespace.metadata.name)) deleteByKey(store, content, now);
    if (index.byNamespace.get(namespace.metadata.name).size === 0) store.delete(key);
  },
};
