import type { StoreEvent } from '../../cluster/history.ts';
import { parseFieldSelector, parseLabelSelector } from '../../cluster/selectors.ts';
import type { ListOptions, ObjectStore } from '../../cluster/store.ts';
import { selectorMatches } from '../../kinds/selector.ts';
import type { KindName, LabObject } from '../../kinds/types/object.ts';

/** One line of a Kubernetes watch. */
export interface WatchLine {
  readonly type: StoreEvent['type'];
  readonly object: LabObject;
}

/**
 * The changes of one kind's objects from a version on, without end; without a version what is there comes first, as
 * ADDED. Throws `expired` and `usage` for a version that cannot be gone on from.
 */
export async function* watchEvents(
  store: ObjectStore,
  kind: KindName,
  options: ListOptions,
  resourceVersion: string | undefined,
): AsyncGenerator<WatchLine> {
  const matches = matcher(kind, options);
  const queue: WatchLine[] =
    resourceVersion === undefined || resourceVersion === '0'
      ? store.list(kind, options).map((object) => ({ type: 'ADDED', object }))
      : store
          .eventsSince(resourceVersion)
          .filter(({ object }) => matches(object))
          .map(line);
  let wake = () => {};
  const stop = store.watch((event) => {
    if (!matches(event.object)) return;
    queue.push(line(event));
    wake();
  });
  try {
    for (;;) {
      const next = queue.shift();
      if (next !== undefined) yield next;
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
  } finally {
    stop();
  }
}

function line({ type, object }: StoreEvent): WatchLine {
  return { type, object };
}

function matcher(
  kind: KindName,
  { namespace, labelSelector, fieldSelector }: ListOptions,
): (object: LabObject) => boolean {
  const labels = labelSelector === undefined ? undefined : parseLabelSelector(labelSelector);
  const fields = fieldSelector === undefined ? undefined : parseFieldSelector(fieldSelector);
  return (object) =>
    object.kind === kind &&
    (namespace === undefined || object.metadata.namespace === namespace) &&
    (labels === undefined || selectorMatches(labels, object.metadata.labels ?? {})) &&
    (fields === undefined || fields(object));
}
