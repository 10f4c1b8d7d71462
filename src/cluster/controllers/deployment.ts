import type { Deployment, ReplicaSet, WorkloadStatus } from '../../kinds/types/workload.ts';
import { canonicalText, sameValue } from '../equal.ts';
import { keyOf } from '../keys.ts';
import { templateHash } from '../names.ts';
import { ownerReference } from '../pods/lifecycle.ts';
import { isPodFinished } from '../pods/status.ts';
import { withMetadata } from '../store.ts';
import { type Controller, type ControllerContext, controllersOf } from './controller.ts';
import { newSetReplicas, oldSetReplicas } from './rollout.ts';

const hashLabel = 'pod-template-hash';
const revisionAnnotation = 'deployment.kubernetes.io/revision';
/** Old ReplicaSets without Pods that are kept for a rollback; Kubernetes' default of revisionHistoryLimit. */
const revisionHistoryLimit = 10;

function revisionOf(object: ReplicaSet): number {
  return Number(object.metadata.annotations?.[revisionAnnotation] ?? 0);
}

function ownedSets(deployment: Deployment, { store, index }: ControllerContext): readonly ReplicaSet[] {
  const sets = index.byOwner.sorted(deployment.metadata.uid ?? '').flatMap((key) => {
    const object = store.getByKey(key);
    return object?.kind === 'ReplicaSet' ? [object] : [];
  });
  return sets.toSorted((a, b) => revisionOf(a) - revisionOf(b));
}

function templateOf(set: ReplicaSet): unknown {
  const { [hashLabel]: _, ...labels } = set.spec.template.metadata?.labels ?? {};
  return { ...set.spec.template, metadata: { ...set.spec.template.metadata, labels } };
}

function hasTemplate(set: ReplicaSet, deployment: Deployment): boolean {
  const { template } = deployment.spec;
  return sameValue(templateOf(set), {
    ...template,
    metadata: { ...template.metadata, labels: template.metadata?.labels ?? {} },
  });
}

function freeSetName(
  { metadata }: Deployment,
  text: string,
  { store }: ControllerContext,
): { name: string; hash: string } {
  for (let collisions = 0; ; collisions++) {
    const hash = templateHash(collisions === 0 ? text : `${text}/${collisions}`);
    const name = `${metadata.name}-${hash}`;
    if (store.get('ReplicaSet', metadata.namespace, name) === undefined) return { name, hash };
  }
}

function createSet(deployment: Deployment, old: readonly ReplicaSet[], context: ControllerContext): ReplicaSet {
  const { selector, template, minReadySeconds } = deployment.spec;
  const { name, hash } = freeSetName(deployment, canonicalText(template), context);
  const labels = { ...template.metadata?.labels, [hashLabel]: hash };
  return context.store.create<ReplicaSet>({
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name,
      ...(deployment.metadata.namespace === undefined ? {} : { namespace: deployment.metadata.namespace }),
      labels,
      annotations: { [revisionAnnotation]: String(1 + Math.max(0, ...old.map(revisionOf))) },
      ownerReferences: [ownerReference(deployment)],
    },
    spec: {
      replicas: newSetReplicas(deployment, 0, old),
      selector: { ...selector, matchLabels: { ...selector.matchLabels, [hashLabel]: hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
      ...(minReadySeconds === undefined ? {} : { minReadySeconds }),
    },
  });
}

function scale(set: ReplicaSet, replicas: number, { store }: ControllerContext): ReplicaSet {
  return set.spec.replicas === replicas ? set : store.update({ ...set, spec: { ...set.spec, replicas } });
}

/** An earlier template that is wanted again gets the newest revision number, as `kubectl rollout undo` shows it. */
function withNewestRevision(set: ReplicaSet, old: readonly ReplicaSet[], { store }: ControllerContext): ReplicaSet {
  const newest = Math.max(0, ...old.map(revisionOf));
  if (revisionOf(set) > newest) return set;
  const annotations = { ...set.metadata.annotations, [revisionAnnotation]: String(newest + 1) };
  return store.update(withMetadata(set, { ...set.metadata, annotations }));
}

function rollingUpdate(
  deployment: Deployment,
  newSet: ReplicaSet,
  old: readonly ReplicaSet[],
  context: ControllerContext,
) {
  const grown = scale(newSet, newSetReplicas(deployment, newSet.spec.replicas, old), context);
  for (const { set, replicas } of oldSetReplicas(deployment, grown, old)) scale(set, replicas, context);
}

function hasPods(set: ReplicaSet, { index }: ControllerContext): boolean {
  return index.podsOwnedBy(set).some((pod) => !isPodFinished(pod));
}

/** Recreate: the new Pods come only after all old ones are gone, those that are still terminating included. */
function recreate(
  deployment: Deployment,
  newSet: ReplicaSet | undefined,
  old: readonly ReplicaSet[],
  context: ControllerContext,
) {
  for (const set of old) scale(set, 0, context);
  if (old.some((set) => set.spec.replicas > 0 || hasPods(set, context))) return;
  const set = newSet ?? createSet(deployment, old, context);
  scale(set, deployment.spec.replicas, context);
}

function dropHistory(old: readonly ReplicaSet[], { store }: ControllerContext): void {
  const empty = old.filter((set) => set.spec.replicas === 0 && (set.status?.replicas ?? 0) === 0);
  for (const set of empty.slice(0, Math.max(0, empty.length - revisionHistoryLimit))) store.delete(keyOf(set));
}

function statusOf(deployment: Deployment, sets: readonly ReplicaSet[]): WorkloadStatus {
  const sum = (field: 'replicas' | 'readyReplicas' | 'availableReplicas', of = sets) =>
    of.reduce((total, { status }) => total + (status?.[field] ?? 0), 0);
  const current = sets.filter((set) => hasTemplate(set, deployment));
  const { generation } = deployment.metadata;
  return {
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    replicas: sum('replicas'),
    updatedReplicas: sum('replicas', current),
    readyReplicas: sum('readyReplicas'),
    availableReplicas: sum('availableReplicas'),
  };
}

function rollOut(deployment: Deployment, context: ControllerContext): void {
  const sets = ownedSets(deployment, context);
  const found = sets.find((set) => hasTemplate(set, deployment));
  const old = sets.filter((set) => set !== found);
  const newSet = found === undefined ? undefined : withNewestRevision(found, old, context);
  if (deployment.spec.paused === true) {
    const active = newSet ?? old.at(-1);
    if (active !== undefined && sets.length === 1) scale(active, deployment.spec.replicas, context);
  } else if (deployment.spec.strategy.type === 'Recreate') recreate(deployment, newSet, old, context);
  else rollingUpdate(deployment, newSet ?? createSet(deployment, old, context), old, context);
  dropHistory(old, context);
}

/** Deployment → ReplicaSets: RollingUpdate with maxSurge and maxUnavailable, and Recreate. */
export const deploymentController: Controller = {
  name: 'deployment',
  *affectedBy(change, { index }) {
    const object = change.after ?? change.before;
    if (object?.kind === 'Deployment') yield change.key;
    if (object?.kind === 'ReplicaSet') yield* controllersOf(change, 'Deployment', index);
    if (object?.kind !== 'Pod' || change.after !== undefined) return;
    for (const key of controllersOf(change, 'ReplicaSet', index)) yield* deploymentOfSet(key, index);
  },
  reconcile(key, context) {
    const deployment = context.store.getByKey(key);
    if (deployment?.kind !== 'Deployment') return;
    rollOut(deployment, context);
    const latest = context.store.getByKey(key);
    if (latest?.kind !== 'Deployment') return;
    context.store.update({ ...latest, status: statusOf(latest, ownedSets(latest, context)) });
  },
};

function deploymentOfSet(key: string, index: ControllerContext['index']): readonly string[] {
  const set = index.object(key);
  return set === undefined ? [] : controllersOf({ key, before: undefined, after: set }, 'Deployment', index);
}
