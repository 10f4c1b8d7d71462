import type { LabObject } from '../../kinds/types/object.ts';
import type { ObjectStore } from '../store.ts';

const records = new WeakMap<ObjectStore, Map<string, LabObject>>();

/** The manifest that was applied last for the stored object, if it was made by applying one. */
export function lastApplied(store: ObjectStore, object: LabObject): LabObject | undefined {
  return records.get(store)?.get(object.metadata.uid ?? '');
}

function recordsOf(store: ObjectStore): Map<string, LabObject> {
  const known = records.get(store);
  if (known !== undefined) return known;
  const made = new Map<string, LabObject>();
  records.set(store, made);
  store.watch((event) => {
    if (event.type === 'DELETED') made.delete(event.object.metadata.uid ?? '');
  });
  return made;
}

/** Notes which manifest the stored object comes from, so that the next one can leave fields out to remove them. */
export function rememberApplied(store: ObjectStore, stored: LabObject, manifest: LabObject): void {
  recordsOf(store).set(stored.metadata.uid ?? '', manifest);
}
