import { LabError } from '../../errors.ts';
import type { Pod, PodStatus } from '../../kinds/types/pod.ts';
import { type Key, parseKey } from '../keys.ts';
import { isPodFinished, withCondition, withReadiness } from '../pods/status.ts';
import type { ObjectStore } from '../store.ts';

/** Pods that a kubelet has to run or to end: bound to a node and not finished. In the order of namespace and name. */
export function podsToRun(store: ObjectStore): readonly Pod[] {
  return store.list('Pod').filter((pod) => pod.spec.nodeName !== undefined && !isPodFinished(pod));
}

/**
 * Changes the given parts of a Pod's status and works out its conditions ContainersReady and Ready anew; given conditions
 * are set one by one. Returns the stored Pod. Throws `not-found`.
 */
export function setPodStatus(store: ObjectStore, key: Key, patch: Partial<PodStatus>): Pod {
  const pod = store.getByKey(key);
  if (pod?.kind !== 'Pod') throw new LabError('not-found', `Pod "${parseKey(key).name}" not found`);
  const now = store.now();
  const { conditions: given = [], ...rest } = patch;
  const conditions = given.reduce((all, condition) => withCondition(all, condition, now), pod.status.conditions ?? []);
  const status = withReadiness(pod, { ...pod.status, ...rest, conditions }, now);
  return store.update({ ...pod, status });
}
