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

/**
 * What a lab of these objects comes to, without making it: every Pod that finds a node runs and is ready at once.
 * The same objects give the same result. Throws all faults of the objects.
 */
export function offlineLab(name: string, objects: readonly KubeObject[]): OfflineLab {
  const start = new Date('2000-01-01T00:00:00Z');
  const state = new LabState(name, () => start);
  applyToLab(state, { objects }, { keepStatus: true });
  for (;;) {
    const before = state.store.resourceVersion;
    const round = state.round();
    for (const pod of state.store.list('Pod')) if (pod.status.podIP !== undefined) makeReady(state.store, pod);
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
