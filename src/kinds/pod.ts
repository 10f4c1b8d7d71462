import { forbidden, type Invalid } from './check/invalid.ts';
import { checkMeta } from './check/meta.ts';
import { dns1123Subdomain } from './check/names.ts';
import { checkPodSpec } from './check/podspec.ts';
import { age, orNone } from './columns.ts';
import { defaultObject, defaultPodSpec } from './defaults.ts';
import { type Draft, defineKind } from './definition.ts';
import { topLevel } from './schema/meta.ts';
import { podSpec } from './schema/pod.ts';
import { podStatus } from './schema/podstatus.ts';
import type { Container, ContainerStatus } from './types/container.ts';
import type { Pod, PodSpec } from './types/pod.ts';

/** The API writes a container's state as a mapping with one key; svclab keeps the key. */
function flatStatus(status: Draft<ContainerStatus>): ContainerStatus {
  const state: unknown = status.state ?? 'waiting';
  if (typeof state !== 'object' || state === null) return status as ContainerStatus;
  const [word = 'waiting', detail] = Object.entries(state)[0] ?? [];
  const reason: unknown = detail?.reason;
  return { ...status, state: word, ...(typeof reason === 'string' ? { reason } : {}) } as ContainerStatus;
}

function normalize(draft: Draft<Pod>): Pod {
  const { containerStatuses, initContainerStatuses } = draft.status ?? {};
  return {
    ...draft,
    ...defaultObject(draft, { apiVersion: 'v1', kind: 'Pod', namespaced: true }),
    spec: defaultPodSpec(draft.spec),
    status: {
      ...draft.status,
      phase: draft.status?.phase ?? 'Pending',
      ...(initContainerStatuses === undefined ? {} : { initContainerStatuses: initContainerStatuses.map(flatStatus) }),
      ...(containerStatuses === undefined ? {} : { containerStatuses: containerStatuses.map(flatStatus) }),
    },
  } as Pod;
}

const mutable = new Set(['activeDeadlineSeconds', 'tolerations', 'terminationGracePeriodSeconds']);

function withoutImages(containers: readonly Container[] | undefined): readonly unknown[] | undefined {
  return containers?.map(({ image: _, ...rest }) => rest);
}

function comparable(spec: PodSpec, key: string): string {
  const value: unknown = spec[key as keyof PodSpec];
  if (key === 'containers') return JSON.stringify(withoutImages(spec.containers));
  if (key === 'initContainers') return JSON.stringify(withoutImages(spec.initContainers) ?? null);
  return JSON.stringify(value ?? null);
}

/** Only images, activeDeadlineSeconds, added tolerations and a shorter grace period may change; nodeName is the scheduler's. */
function* validateUpdate(old: Pod, next: Pod): Generator<Invalid> {
  for (const key of new Set([...Object.keys(old.spec), ...Object.keys(next.spec)])) {
    if (mutable.has(key) || comparable(old.spec, key) === comparable(next.spec, key)) continue;
    if (key === 'nodeName' && (next.spec.nodeName ?? '') === '') continue;
    yield forbidden(
      `spec.${key}`,
      'pod updates may not change fields other than `spec.containers[*].image`, `spec.initContainers[*].image`, `spec.activeDeadlineSeconds`, `spec.terminationGracePeriodSeconds` and `spec.tolerations`',
      'Delete the Pod and create it again.',
    );
  }
}

/** Names of the initContainers that go on beside the Pod's containers. */
function sidecars({ spec }: Pod): ReadonlySet<string> {
  const names = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  return new Set(names.map(({ name }) => name));
}

/** How far the Pod is with its initContainers: `Init:0/2`, `Init:CrashLoopBackOff`; undefined when they are done. */
function initialising(pod: Pod): string | undefined {
  const statuses = pod.status.initContainerStatuses ?? [];
  const done = sidecars(pod);
  const at = statuses.findIndex(({ name, state, reason = 'Completed' }) =>
    done.has(name) ? state !== 'running' : state !== 'terminated' || reason !== 'Completed',
  );
  const status = statuses[at];
  if (status === undefined) return undefined;
  const { state, reason = 'PodInitializing' } = status;
  const counted = state === 'running' || reason === 'PodInitializing';
  return `Init:${counted ? `${at}/${statuses.length}` : reason}`;
}

/** The column STATUS, as kubectl's printPod works it out. */
function state(pod: Pod): string {
  if (pod.metadata.deletionTimestamp !== undefined) return 'Terminating';
  const beginning = pod.status.phase === 'Running' ? undefined : initialising(pod);
  if (beginning !== undefined) return beginning;
  const held = pod.status.containerStatuses?.find(({ state, reason }) => state !== 'running' && reason !== undefined);
  return held?.reason ?? pod.status.reason ?? (pod.status.phase === 'Succeeded' ? 'Completed' : pod.status.phase);
}

function row(pod: Pod, now: number): readonly string[] {
  const beside = sidecars(pod);
  const initial = pod.status.initContainerStatuses ?? [];
  const statuses = [...initial.filter(({ name }) => beside.has(name)), ...(pod.status.containerStatuses ?? [])];
  const restarting = pod.status.phase === 'Pending' ? initial : statuses;
  const gates = pod.spec.readinessGates ?? [];
  const passed = gates.filter(({ conditionType }) =>
    pod.status.conditions?.some(({ type, status }) => type === conditionType && status === 'True'),
  );
  return [
    pod.metadata.name,
    `${statuses.filter(({ ready }) => ready).length}/${pod.spec.containers.length + beside.size}`,
    state(pod),
    String(restarting.reduce((sum, { restartCount }) => sum + restartCount, 0)),
    age(pod.metadata.creationTimestamp, now),
    orNone(pod.status.podIPs?.map(({ ip }) => ip).join(',') ?? pod.status.podIP),
    orNone(pod.spec.nodeName),
    '<none>',
    gates.length === 0 ? '<none>' : `${passed.length}/${gates.length}`,
  ];
}

/** Pod, core/v1. */
export const podKind = defineKind<'Pod'>({
  kind: 'Pod',
  versions: ['v1'],
  shortNames: ['po'],
  namespaced: true,
  schema: () => topLevel({ spec: podSpec, status: podStatus }),
  normalize,
  *validate(pod) {
    yield* checkMeta(pod, dns1123Subdomain, true);
    yield* checkPodSpec(pod.spec, 'spec');
  },
  validateUpdate,
  columns: {
    headers: ['NAME', 'READY', 'STATUS', 'RESTARTS', 'AGE'],
    wide: ['IP', 'NODE', 'NOMINATED NODE', 'READINESS GATES'],
    row,
  },
});
