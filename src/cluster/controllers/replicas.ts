import { selectorMatches } from '../../kinds/selector.ts';
import type { LabelSelector } from '../../kinds/types/meta.ts';
import type { Pod, PodTemplateSpec } from '../../kinds/types/pod.ts';
import type { ReplicaSet, ReplicationController, WorkloadStatus } from '../../kinds/types/workload.ts';
import { controllerUid } from '../cluster-index.ts';
import { keyOf } from '../keys.ts';
import { createPod, deletePod, ownerReference } from '../pods/lifecycle.ts';
import { isPodActive, isPodReady, readySince } from '../pods/status.ts';
import { withMetadata } from '../store.ts';
import { type Controller, type ControllerContext, controllersOf } from './controller.ts';

/** ReplicaSets and ReplicationControllers in one form. */
interface ReplicaOwner {
  readonly object: ReplicaSet | ReplicationController;
  readonly replicas: number;
  readonly selector: LabelSelector;
  readonly template: PodTemplateSpec;
  readonly minReadySeconds: number;
}

function replicaOwner(object: ReplicaSet | ReplicationController): ReplicaOwner {
  const { replicas, template } = object.spec;
  if (object.kind === 'ReplicationController') {
    return { object, replicas, template, selector: { matchLabels: object.spec.selector }, minReadySeconds: 0 };
  }
  const { selector, minReadySeconds = 0 } = object.spec;
  return { object, replicas, template, selector, minReadySeconds };
}

/** When the Pod counts as available, or undefined while it is not ready. */
function availableAt(pod: Pod, minReadySeconds: number): Date | undefined {
  const since = readySince(pod);
  return since === undefined ? undefined : new Date(since.getTime() + minReadySeconds * 1000);
}

/** Gives up Pods that the selector no longer matches, adopts matching ones that nobody controls; returns all Pods owned. */
function claimPods({ object, selector }: ReplicaOwner, { store, index }: ControllerContext): readonly Pod[] {
  for (const pod of index.podsOwnedBy(object)) {
    if (selectorMatches(selector, pod.metadata.labels ?? {})) continue;
    store.update(withMetadata(pod, { ...pod.metadata, ownerReferences: [] }));
  }
  const candidates = index.podsSelectedBy(object.metadata.namespace, selector.matchLabels);
  for (const pod of candidates) {
    const free = controllerUid(pod) === undefined && isPodActive(pod);
    if (!free || !selectorMatches(selector, pod.metadata.labels ?? {})) continue;
    const owners = [...(pod.metadata.ownerReferences ?? []), ownerReference(object)];
    store.update(withMetadata(pod, { ...pod.metadata, ownerReferences: owners }));
  }
  return index.podsOwnedBy(object);
}

function phaseRank(pod: Pod): number {
  return { Pending: 0, Running: 2, Succeeded: 2, Failed: 2 }[pod.status.phase];
}

/** Order in which surplus Pods go: without node, not running, not ready, on a crowded node, the youngest. */
function deletionOrder(pods: readonly Pod[]): readonly Pod[] {
  const onNode = new Map<string, number>();
  for (const { spec } of pods) onNode.set(spec.nodeName ?? '', (onNode.get(spec.nodeName ?? '') ?? 0) + 1);
  const rank = (pod: Pod): readonly number[] => [
    pod.spec.nodeName === undefined ? 0 : 1,
    phaseRank(pod),
    isPodReady(pod) ? 1 : 0,
    -(onNode.get(pod.spec.nodeName ?? '') ?? 0),
    -Date.parse(pod.metadata.creationTimestamp ?? ''),
  ];
  const ranked = pods.map((pod) => ({ pod, rank: rank(pod) }));
  ranked.sort((a, b) => {
    const differing = a.rank.findIndex((value, i) => value !== b.rank[i]);
    if (differing < 0) return a.pod.metadata.name < b.pod.metadata.name ? 1 : -1;
    return (a.rank[differing] ?? 0) - (b.rank[differing] ?? 0);
  });
  return ranked.map(({ pod }) => pod);
}

function replicaStatus(owner: ReplicaOwner, pods: readonly Pod[], now: Date): WorkloadStatus {
  const availability = pods.map((pod) => availableAt(pod, owner.minReadySeconds));
  const { generation } = owner.object.metadata;
  return {
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    replicas: pods.length,
    readyReplicas: pods.filter(isPodReady).length,
    availableReplicas: availability.filter((time) => time !== undefined && time <= now).length,
  };
}

function reconcileReplicas(object: ReplicaSet | ReplicationController, context: ControllerContext): void {
  const { store, now, requeueAt } = context;
  const owner = replicaOwner(object);
  const active = claimPods(owner, context).filter(isPodActive);
  for (let i = active.length; i < owner.replicas; i++) createPod(store, object, owner.template);
  const surplus = active.length > owner.replicas ? deletionOrder(active).slice(0, active.length - owner.replicas) : [];
  for (const pod of surplus) deletePod(store, pod, { now });
  const pods = context.index.podsOwnedBy(object).filter(isPodActive);
  for (const pod of pods) {
    const time = availableAt(pod, owner.minReadySeconds);
    if (time !== undefined && time > now) requeueAt(keyOf(object), time);
  }
  store.update({ ...object, status: replicaStatus(owner, pods, now) });
}

/** The control loop of ReplicaSets or of ReplicationControllers (kube-controller-manager's replicaset controller). */
function replicasController(kind: 'ReplicaSet' | 'ReplicationController', name: string): Controller {
  return {
    name,
    *affectedBy(change, { store, index }) {
      const { key, before, after } = change;
      const object = after ?? before;
      if (object?.kind === kind) yield key;
      if (object?.kind !== 'Pod') return;
      yield* controllersOf(change, kind, index);
      if (after === undefined || controllerUid(after) !== undefined) return;
      for (const owner of store.list(kind, { namespace: object.metadata.namespace ?? '' })) yield keyOf(owner);
    },
    reconcile(key, context) {
      const object = context.store.getByKey(key);
      if (object?.kind !== kind) return;
      if (object.kind === 'ReplicaSet' || object.kind === 'ReplicationController') reconcileReplicas(object, context);
    },
  };
}

/** Keeps the wanted number of Pods of every ReplicaSet. */
export const replicaSetController = replicasController('ReplicaSet', 'replicaset');
/** Keeps the wanted number of Pods of every ReplicationController. */
export const replicationController = replicasController('ReplicationController', 'replication');
