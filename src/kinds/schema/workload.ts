import { condition, labelSelector, topLevel } from './meta.ts';
import { podTemplate } from './pod.ts';
import { type Fields, int, later, list, type Schema, struct, text } from './struct.ts';

const status = later(() =>
  struct({
    observedGeneration: int,
    replicas: int,
    readyReplicas: int,
    updatedReplicas: int,
    availableReplicas: int,
    unavailableReplicas: int,
    fullyLabeledReplicas: int,
    terminatingReplicas: int,
    currentReplicas: int,
    currentRevision: text,
    updateRevision: text,
    collisionCount: int,
    desiredNumberScheduled: int,
    currentNumberScheduled: int,
    updatedNumberScheduled: int,
    numberReady: int,
    numberAvailable: int,
    numberUnavailable: int,
    numberMisscheduled: int,
    conditions: list(condition),
  }),
);

/** A workload with selector, template and minReadySeconds, and the further fields of its spec. */
export function workload(spec: Fields): Schema {
  return topLevel({
    spec: struct({ selector: labelSelector, template: podTemplate, minReadySeconds: int, ...spec }),
    status,
  });
}
