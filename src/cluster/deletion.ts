import type { ApplyResult, ObjectKey } from '../api/types.ts';
import { LabError } from '../errors.ts';
import { kindNamed } from '../kinds/registry.ts';
import type { KindName, LabObject } from '../kinds/types/object.ts';
import { throwFaults } from './admission/fault.ts';
import { type Key, keyOf, makeKey, toObjectKey } from './keys.ts';
import { timestamp } from './names.ts';
import { deletePod } from './pods/lifecycle.ts';
import { type ObjectStore, withMetadata } from './store.ts';

/** How objects are deleted. */
export interface DeleteContext {
  /** An object that is not there is no fault. */
  readonly ignoreNotFound?: boolean;
  /** Seconds that Pods get to end, in place of their own terminationGracePeriodSeconds; 0 removes them at once. */
  readonly gracePeriodSeconds?: number;
}

/** Namespaces that an API server does not let go (kube-node-lease may). */
const permanentNamespaces: readonly string[] = ['default', 'kube-public', 'kube-system'];

function refusal({ kind, name }: ObjectKey): { readonly message: string; readonly hint: string } | undefined {
  if (kind === 'Lab') {
    return {
      message: `Lab "${name}" is forbidden: a running lab keeps its Lab object`,
      hint: 'End the lab with: svclab down',
    };
  }
  if (kind !== 'Namespace' || !permanentNamespaces.includes(name)) return undefined;
  const message = `namespaces "${name}" is forbidden: this namespace may not be deleted`;
  return { message, hint: 'Delete the objects in it instead.' };
}

/** The Lab without the node, so that a later apply of the Lab can bring it back. */
function forgetNode(store: ObjectStore, name: string): void {
  for (const lab of store.list('Lab')) {
    const nodes = lab.spec.nodes.filter((node) => node.name !== name);
    if (nodes.length < lab.spec.nodes.length) store.update({ ...lab, spec: { ...lab.spec, nodes } });
  }
}

function remove(store: ObjectStore, object: LabObject, { gracePeriodSeconds }: DeleteContext): void {
  const now = store.now();
  if (object.kind === 'Pod') {
    deletePod(store, object, { now, ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }) });
  } else if (object.kind === 'Namespace') {
    const deletionTimestamp = object.metadata.deletionTimestamp ?? timestamp(now);
    store.update(withMetadata(object, { ...object.metadata, deletionTimestamp }));
  } else {
    store.delete(keyOf(object));
    if (object.kind === 'Node') forgetNode(store, object.metadata.name);
  }
}

/**
 * Deletes the objects, all or none, as `kubectl delete` does. What they own goes at the next reconcile (background
 * cascading); a Pod on a node stays, terminating, until finishPodDeletion; a Namespace goes after its contents. Throws
 * `not-found`, and `forbidden` for the Lab and for namespaces that every cluster keeps.
 */
export function deleteObjects(
  store: ObjectStore,
  keys: readonly ObjectKey[],
  context: DeleteContext = {},
): readonly ApplyResult[] {
  return store.transaction(() => {
    const faults: LabError[] = [];
    const results: ApplyResult[] = [];
    for (const [object, key] of keys.entries()) {
      const stored = store.get(key.kind as KindName, key.namespace, key.name);
      const refused = refusal(key);
      if (refused !== undefined) {
        faults.push(new LabError('forbidden', refused.message, { hint: refused.hint, object }));
      } else if (stored !== undefined) {
        remove(store, stored, context);
        results.push({ ...toObjectKey(keyOf(stored)), result: 'deleted' });
      } else if (context.ignoreNotFound !== true) {
        const name = key.namespace === undefined || key.namespace === '' ? key.name : `${key.namespace}/${key.name}`;
        const hint = `See \`svclab get ${kindNamed(key.kind)?.plural ?? key.kind.toLowerCase()} -A\`.`;
        faults.push(new LabError('not-found', `${key.kind} "${name}" not found`, { object, hint }));
      }
    }
    throwFaults(faults);
    return results;
  });
}

/** Sets the number of replicas of a workload, as `kubectl scale --replicas=N`. Throws `not-found` and `usage`. */
export function scale(store: ObjectStore, key: ObjectKey, replicas: number): LabObject {
  if (!Number.isSafeInteger(replicas) || replicas < 0) {
    throw new LabError('usage', `${replicas} is no number of replicas`, { hint: 'Give a whole number from 0 on.' });
  }
  const stored = store.getByKey(storeKey(key));
  if (stored === undefined) throw new LabError('not-found', `${key.kind} "${key.name}" not found`);
  if (
    stored.kind !== 'Deployment' &&
    stored.kind !== 'ReplicaSet' &&
    stored.kind !== 'ReplicationController' &&
    stored.kind !== 'StatefulSet'
  ) {
    throw new LabError('usage', `a ${key.kind} has no replicas to scale`, {
      hint: 'Scale a Deployment, ReplicaSet, ReplicationController or StatefulSet.',
    });
  }
  return store.update({ ...stored, spec: { ...stored.spec, replicas } } as typeof stored);
}

function storeKey({ kind, namespace, name }: ObjectKey): Key {
  return makeKey(kind as KindName, namespace, name);
}
