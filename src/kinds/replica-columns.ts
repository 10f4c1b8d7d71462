import { age, containerCells } from './columns.ts';
import type { Columns } from './definition.ts';
import { formatSelector } from './selector.ts';
import type { LabelSelector } from './types/meta.ts';
import type { ReplicaSet, ReplicationController } from './types/workload.ts';

/** The table of a kind that keeps a number of Pods; `selectorOf` tells which Pods it counts. */
export function replicaColumns<T extends ReplicaSet | ReplicationController>(
  selectorOf: (object: T) => LabelSelector,
): Columns<T> {
  return {
    headers: ['NAME', 'DESIRED', 'CURRENT', 'READY', 'AGE'],
    wide: ['CONTAINERS', 'IMAGES', 'SELECTOR'],
    row: (object, now) => [
      object.metadata.name,
      String(object.spec.replicas),
      String(object.status?.replicas ?? 0),
      String(object.status?.readyReplicas ?? 0),
      age(object.metadata.creationTimestamp, now),
      ...containerCells(object.spec.template),
      formatSelector(selectorOf(object)),
    ],
  };
}
