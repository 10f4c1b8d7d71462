import type { Condition } from '../../kinds/types/meta.ts';
import type { Pod, PodStatus } from '../../kinds/types/pod.ts';
import { timestamp } from '../names.ts';

/** Status of one condition of the Pod; `Unknown` when it is absent. */
function conditionStatus(conditions: readonly Condition[] | undefined, type: string): Condition['status'] {
  return conditions?.find((condition) => condition.type === type)?.status ?? 'Unknown';
}

/** Whether the Pod's condition Ready is True. */
export function isPodReady(pod: Pod): boolean {
  return conditionStatus(pod.status.conditions, 'Ready') === 'True';
}

/** Whether the Pod has ended for good: Succeeded or Failed. */
export function isPodFinished(pod: Pod): boolean {
  return pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed';
}

/** Whether the Pod counts for its workload: not finished and not being deleted. */
export function isPodActive(pod: Pod): boolean {
  return !isPodFinished(pod) && pod.metadata.deletionTimestamp === undefined;
}

/** When the Pod became ready, or undefined when it is not. */
export function readySince(pod: Pod): Date | undefined {
  const ready = pod.status.conditions?.find((condition) => condition.type === 'Ready');
  if (ready?.status !== 'True') return undefined;
  return new Date(ready.lastTransitionTime ?? pod.metadata.creationTimestamp ?? 0);
}

/** The conditions with one of them set; lastTransitionTime changes only with the status. */
export function withCondition(
  conditions: readonly Condition[] | undefined,
  condition: Condition,
  now: Date,
): readonly Condition[] {
  const before = conditions?.find(({ type }) => type === condition.type);
  const since = before?.status === condition.status ? before.lastTransitionTime : undefined;
  const next = { ...condition, lastTransitionTime: since ?? timestamp(now) };
  if (before === undefined) return [...(conditions ?? []), next];
  return (conditions ?? []).map((old) => (old.type === condition.type ? next : old));
}

function unreadyContainers(pod: Pod, status: PodStatus): readonly string[] {
  const ready = new Set((status.containerStatuses ?? []).filter((c) => c.ready).map((c) => c.name));
  return pod.spec.containers.map(({ name }) => name).filter((name) => !ready.has(name));
}

function containersCondition(pod: Pod, status: PodStatus): Condition {
  const type = 'ContainersReady';
  if (status.phase === 'Succeeded') return { type, status: 'False', reason: 'PodCompleted' };
  if (status.phase === 'Failed') return { type, status: 'False', reason: 'PodFailed' };
  const unready = unreadyContainers(pod, status);
  if (unready.length === 0) return { type, status: 'True' };
  const message = `containers with unready status: [${unready.join(' ')}]`;
  return { type, status: 'False', reason: 'ContainersNotReady', message };
}

function readyCondition(pod: Pod, status: PodStatus, containers: Condition): Condition {
  if (containers.status !== 'True') return { ...containers, type: 'Ready' };
  const missing = (pod.spec.readinessGates ?? [])
    .map(({ conditionType }) => conditionType)
    .filter((type) => conditionStatus(status.conditions, type) !== 'True');
  if (missing.length === 0) return { type: 'Ready', status: 'True' };
  const message = `the status of pod readiness gate "${missing[0]}" is not "True"`;
  return { type: 'Ready', status: 'False', reason: 'ReadinessGatesNotReady', message };
}

/**
 * The status with its conditions ContainersReady and Ready worked out from the containers' readiness and the Pod's
 * readiness gates, as the kubelet does (KEP-580).
 */
export function withReadiness(pod: Pod, status: PodStatus, now: Date): PodStatus {
  const containers = containersCondition(pod, status);
  const ready = readyCondition(pod, status, containers);
  const conditions = withCondition(withCondition(status.conditions, containers, now), ready, now);
  return { ...status, conditions };
}
