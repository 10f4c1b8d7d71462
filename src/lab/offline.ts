import { isPodFinished, withReadiness } from '../cluster/pods/status.ts';
import type { ObjectStore } from '../cluster/store.ts';
import type { KubeObject } from '../kinds/types/meta.ts';
import type { Pod } from '../kinds/types/pod.ts';
import { applyToLab } from './changes.ts';
import { type LabRound, LabState } from './state.ts';

/** A lab that was worked out from objects alone, as it would be once every Pod is ready. */
export interface OfflineLab extends LabRound {
  readonly store: ObjectStore;
}

/** Pods whose status says that they are not ready, as `NAMESPACE/NAME`. */
function unreadyPods(objects: readonly KubeObject[]): ReadonlySet<string> {
  const pods = objects.filter((object): object is Pod => object.kind === 'Pod');
  const isUnready = ({ status }: Pod) =>
    status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status !== 'True') === true;
  return new Set(pods.filter(isUnready).map(podKey));
}

const podKey = ({ metadata: { namespace = 'default', name } }: Pod) => `${namespace}/${name}`;

/**
 * What a lab of these objects comes to, without making it: every Pod that finds a node runs and is ready at once; with
 * `keepReadiness`, for a cluster as it is, those that are said not to be ready are not. The same objects give the same
 * result. Throws all faults of the objects.
 */
export function offlineLab(
  name: string,
  objects: readonly KubeObject[],
  { keepReadiness = false }: { readonly keepReadiness?: boolean } = {},
): OfflineLab {
  const unready = keepReadiness ? unreadyPods(objects) : new Set<string>();
  const start = new Date('2000-01-01T00:00:00Z');
  const state = new LabState(name, () => start);
  applyToLab(state, { objects }, { keepStatus: true });
  for (;;) {
    const before = state.store.resourceVersion;
    const round = state.round();
    for (const pod of state.store.list('Pod')) {
      if (pod.status.podIP !== undefined && !unready.has(podKey(pod))) makeReady(state.store, pod);
    }
    if (state.store.resourceVersion === before) return { ...round, store: state.store };
  }
}

function makeReady(store: ObjectStore, pod: Pod): void {
  if (isPodFinished(pod)) return;
  const containerStatuses = pod.spec.containers.map(
    ({ name }) => ({ name, ready: true, restartCount: 0, state: 'running' }) as const,
  );
  const conditions = (pod.spec.readinessGates ?? []).map(({ conditionType }) => ({
    type: conditionType,
    status: 'True' as const,
  }));
  const status = {
    ...pod.status,
    phase: 'Running' as const,
    containerStatuses,
    conditions: pod.status.conditions ?? conditions,
  };
  store.update<Pod>({ ...pod, status: withReadiness(pod, status, store.now()) });
}
