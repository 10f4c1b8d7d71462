import type { Pod } from '../../kinds/types/pod.ts';
import type { StatefulSet, WorkloadStatus } from '../../kinds/types/workload.ts';
import { keyOf } from '../keys.ts';
import { createPod, deletePod } from '../pods/lifecycle.ts';
import { isPodFinished, isPodReady } from '../pods/status.ts';
import { type Controller, type ControllerContext, controllersOf } from './controller.ts';
import { revisionLabel, templateRevision } from './revision.ts';

/** The number at the end of a Pod's name. */
function ordinalOf(pod: Pod): number {
  return Number(pod.metadata.name.slice(pod.metadata.name.lastIndexOf('-') + 1));
}

function revisionOf({ metadata, spec }: StatefulSet): string {
  return `${metadata.name}-${templateRevision(spec.template)}`;
}

/** Creates the Pod with the ordinal, unless another object has its name. */
function createOrdinal(set: StatefulSet, ordinal: number, { store }: ControllerContext): void {
  const name = `${set.metadata.name}-${ordinal}`;
  if (store.get('Pod', set.metadata.namespace, name) !== undefined) return;
  createPod(store, set, set.spec.template, {
    name,
    labels: {
      'statefulset.kubernetes.io/pod-name': name,
      'apps.kubernetes.io/pod-index': String(ordinal),
      [revisionLabel]: revisionOf(set),
    },
    spec: { hostname: name, ...(set.spec.serviceName === '' ? {} : { subdomain: set.spec.serviceName }) },
  });
}

const isTerminating = (pod: Pod) => pod.metadata.deletionTimestamp !== undefined;
const isHealthy = (pod: Pod) => isPodReady(pod) && !isTerminating(pod);

/** Makes what is missing below `replicas`. Returns false when it has to wait for a Pod before it may go on. */
function fill(set: StatefulSet, pods: ReadonlyMap<number, Pod>, context: ControllerContext): boolean {
  const ordered = set.spec.podManagementPolicy === 'OrderedReady';
  for (let ordinal = 0; ordinal < set.spec.replicas; ordinal++) {
    const pod = pods.get(ordinal);
    if (pod !== undefined && isPodFinished(pod)) context.store.delete(keyOf(pod));
    if (pod === undefined || isPodFinished(pod)) createOrdinal(set, ordinal, context);
    if (ordered && (pod === undefined || !isHealthy(pod))) return false;
  }
  return true;
}

/** Removes what is beyond `replicas`, the highest first. Returns false when it has to wait for one to be gone. */
function trim(set: StatefulSet, pods: ReadonlyMap<number, Pod>, { store, now }: ControllerContext): boolean {
  const condemned = [...pods.values()].filter((pod) => ordinalOf(pod) >= set.spec.replicas);
  condemned.sort((a, b) => ordinalOf(b) - ordinalOf(a));
  if (set.spec.podManagementPolicy === 'Parallel') for (const pod of condemned) deletePod(store, pod, { now });
  else if (condemned[0] !== undefined) deletePod(store, condemned[0], { now });
  return condemned.length === 0;
}

/** RollingUpdate: from the highest ordinal down, one Pod of an old template at a time, each after the former is ready. */
function replaceOld(set: StatefulSet, pods: ReadonlyMap<number, Pod>, { store, now }: ControllerContext): void {
  const revision = revisionOf(set);
  for (let ordinal = set.spec.replicas - 1; ordinal >= 0; ordinal--) {
    const pod = pods.get(ordinal);
    if (pod === undefined || isTerminating(pod)) return;
    const old = pod.metadata.labels?.[revisionLabel] !== revision;
    if (old) deletePod(store, pod, { now });
    if (old || !isHealthy(pod)) return;
  }
}

function statusOf(set: StatefulSet, pods: readonly Pod[]): WorkloadStatus {
  const { generation } = set.metadata;
  const ready = pods.filter(isHealthy).length;
  return {
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    replicas: pods.length,
    readyReplicas: ready,
    availableReplicas: ready,
    updatedReplicas: pods.filter((pod) => pod.metadata.labels?.[revisionLabel] === revisionOf(set)).length,
  };
}

/** Pods NAME-0, NAME-1, … of each StatefulSet; with OrderedReady each waits until the one before it is ready. */
export const statefulSetController: Controller = {
  name: 'statefulset',
  *affectedBy(change, { index }) {
    const object = change.after ?? change.before;
    if (object?.kind === 'StatefulSet') yield change.key;
    if (object?.kind === 'Pod') yield* controllersOf(change, 'StatefulSet', index);
  },
  reconcile(key, context) {
    const set = context.store.getByKey(key);
    if (set?.kind !== 'StatefulSet') return;
    const owned = context.index.podsOwnedBy(set).toSorted((a, b) => ordinalOf(a) - ordinalOf(b));
    const pods = new Map(owned.map((pod) => [ordinalOf(pod), pod]));
    if (fill(set, pods, context) && trim(set, pods, context)) replaceOld(set, pods, context);
    const after = context.index.podsOwnedBy(set);
    context.store.update({ ...set, status: statusOf(set, after) });
  },
};
