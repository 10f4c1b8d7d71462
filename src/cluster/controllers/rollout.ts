import type { IntOrString } from '../../kinds/types/values.ts';
import type { Deployment, ReplicaSet } from '../../kinds/types/workload.ts';

/** The number that an IntOrString means out of a total; percentages are rounded as asked. */
function resolveCount(value: IntOrString, total: number, round: 'up' | 'down'): number {
  if (typeof value === 'number') return value;
  const share = (Number.parseFloat(value) * total) / 100;
  return round === 'up' ? Math.ceil(share) : Math.floor(share);
}

/** How far a rolling update may go beyond and below the wanted number of Pods. */
export interface RolloutLimits {
  readonly maxSurge: number;
  readonly maxUnavailable: number;
}

/** The limits of a Deployment; they are never both 0 (deployment util ResolveFenceposts). */
function rolloutLimits({ spec }: Deployment): RolloutLimits {
  const { maxSurge = '25%', maxUnavailable = '25%' } = spec.strategy.rollingUpdate ?? {};
  const surge = resolveCount(maxSurge, spec.replicas, 'up');
  const unavailable = resolveCount(maxUnavailable, spec.replicas, 'down');
  return {
    maxSurge: surge,
    maxUnavailable: surge === 0 && unavailable === 0 ? 1 : Math.min(unavailable, spec.replicas),
  };
}

const wanted = (sets: readonly ReplicaSet[]) => sets.reduce((sum, set) => sum + set.spec.replicas, 0);
const available = (set: ReplicaSet) => set.status?.availableReplicas ?? 0;

/** Replicas that the new ReplicaSet may have now, `current` being those it has and `old` the sets of former templates. */
export function newSetReplicas(deployment: Deployment, current: number, old: readonly ReplicaSet[]): number {
  const { replicas } = deployment.spec;
  if (current >= replicas) return replicas;
  const room = replicas + rolloutLimits(deployment).maxSurge - current - wanted(old);
  return current + Math.max(0, Math.min(room, replicas - current));
}

/** A ReplicaSet and the replicas it shall have. */
export interface Scaling {
  readonly set: ReplicaSet;
  readonly replicas: number;
}

function scaleDown(old: readonly ReplicaSet[], limit: number, most: (set: ReplicaSet) => number): readonly Scaling[] {
  let left = Math.max(0, limit);
  return old.map((set) => {
    const by = Math.min(left, most(set));
    left -= by;
    return { set, replicas: set.spec.replicas - by };
  });
}

/**
 * Replicas of the old ReplicaSets, oldest first, after as much scaling down as maxUnavailable allows: Pods that are not
 * available go first (kube-controller-manager, deployment/rolling.go).
 */
export function oldSetReplicas(
  deployment: Deployment,
  newSet: ReplicaSet,
  old: readonly ReplicaSet[],
): readonly Scaling[] {
  const minAvailable = deployment.spec.replicas - rolloutLimits(deployment).maxUnavailable;
  const newUnavailable = newSet.spec.replicas - available(newSet);
  const spare = wanted([newSet, ...old]) - minAvailable - newUnavailable;
  const cleaned = scaleDown(old, spare, (set) => Math.max(0, set.spec.replicas - available(set)));
  const totalAvailable = [newSet, ...old].reduce((sum, set) => sum + available(set), 0);
  const removed = wanted(old) - cleaned.reduce((sum, { replicas }) => sum + replicas, 0);
  const room = Math.min(totalAvailable - minAvailable, Math.max(0, spare - removed));
  let left = Math.max(0, room);
  return cleaned.map(({ set, replicas }) => {
    const by = Math.min(left, replicas);
    left -= by;
    return { set, replicas: replicas - by };
  });
}
