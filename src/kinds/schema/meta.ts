import { anything, flag, int, later, list, oneOf, type Schema, stringMap, struct, text, texts } from './struct.ts';

const ownerReference = {
  apiVersion: text,
  kind: text,
  name: text,
  uid: text,
  controller: flag,
  blockOwnerDeletion: flag,
};

const managedFields = {
  manager: text,
  operation: text,
  apiVersion: text,
  time: text,
  fieldsType: text,
  fieldsV1: anything,
  subresource: text,
};

/** ObjectMeta of apimachinery, with the fields that older releases had. */
export const objectMeta: Schema = struct({
  name: text,
  generateName: text,
  namespace: text,
  labels: stringMap,
  annotations: stringMap,
  uid: text,
  resourceVersion: text,
  generation: int,
  creationTimestamp: text,
  deletionTimestamp: text,
  deletionGracePeriodSeconds: int,
  finalizers: texts,
  ownerReferences: later(() => list(struct(ownerReference))),
  managedFields: later(() => list(struct(managedFields))),
  selfLink: text,
  clusterName: text,
  initializers: anything,
});

/** A label selector with matchLabels and matchExpressions. */
export const labelSelector: Schema = struct({
  matchLabels: stringMap,
  matchExpressions: later(() =>
    list(struct({ key: text, operator: oneOf('In', 'NotIn', 'Exists', 'DoesNotExist'), values: texts })),
  ),
});

/** A reference to another object. */
export const objectReference: Schema = struct({
  kind: text,
  namespace: text,
  name: text,
  uid: text,
  apiVersion: text,
  resourceVersion: text,
  fieldPath: text,
});

/** A condition of any object's status. */
export const condition: Schema = struct({
  type: text,
  status: text,
  reason: text,
  message: text,
  lastTransitionTime: text,
  lastUpdateTime: text,
  lastProbeTime: text,
  lastHeartbeatTime: text,
  observedGeneration: int,
});

/** A taint of a node. */
export const taint: Schema = struct({
  key: text,
  value: text,
  effect: oneOf('NoSchedule', 'PreferNoSchedule', 'NoExecute'),
  timeAdded: text,
});

/** The fields every kind has. */
export function topLevel(fields: Readonly<Record<string, Schema>>): Schema {
  return struct({ apiVersion: text, kind: text, metadata: objectMeta, ...fields });
}
