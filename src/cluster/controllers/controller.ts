import type { KindName } from '../../kinds/types/object.ts';
import { type ClusterIndex, controllerUid } from '../cluster-index.ts';
import { type Key, keyOf } from '../keys.ts';
import type { Change, ObjectStore } from '../store.ts';

/** What a controller works with. */
export interface ControllerContext {
  readonly store: ObjectStore;
  readonly index: ClusterIndex;
  readonly now: Date;
  /** Looks at the key again once the time has come. */
  readonly requeueAt: (key: Key, time: Date) => void;
}

/** One control loop: told of every change, it names the keys to look at again, and brings each to its desired state. */
export interface Controller {
  readonly name: string;
  /** Keys whose outcome may depend on the changed object. */
  readonly affectedBy: (change: Change, context: Pick<ControllerContext, 'store' | 'index'>) => Iterable<Key>;
  /** Compares desired and actual state for the key and changes the store where they differ. */
  readonly reconcile: (key: Key, context: ControllerContext) => void;
}

/** Keys of the objects of the kind that control the changed object, or did before the change. */
export function controllersOf({ before, after }: Change, kind: KindName, index: ClusterIndex): readonly Key[] {
  return [before, after].flatMap((object) => {
    const uid = object === undefined ? undefined : controllerUid(object);
    const owner = uid === undefined ? undefined : index.withUid(uid);
    return owner?.kind === kind ? [keyOf(owner)] : [];
  });
}
