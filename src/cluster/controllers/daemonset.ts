import type { Node } from '../../kinds/types/node.ts';
import type { Pod, Toleration } from '../../kinds/types/pod.ts';
import type { DaemonSet, WorkloadStatus } from '../../kinds/types/workload.ts';
import { keyOf } from '../keys.ts';
import { createPod, deletePod } from '../pods/lifecycle.ts';
import { matchesNodeSelector, untolerated } from '../pods/node-fit.ts';
import { isPodActive, isPodFinished, isPodReady } from '../pods/status.ts';
import { type Controller, type ControllerContext, controllersOf } from './controller.ts';
import { revisionLabel, templateRevision } from './revision.ts';

/** Tolerations that every Pod of a DaemonSet has (kube-controller-manager, daemon/util AddOrUpdateDaemonPodTolerations). */
const ownTolerations: readonly Toleration[] = [
  { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/disk-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/memory-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/pid-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoSchedule' },
];
const hostNetworkToleration: Toleration = {
  key: 'node.kubernetes.io/network-unavailable',
  operator: 'Exists',
  effect: 'NoSchedule',
};

function tolerationsOf({ spec }: DaemonSet): readonly Toleration[] {
  const { tolerations = [], hostNetwork } = spec.template.spec;
  return [...tolerations, ...ownTolerations, ...(hostNetwork === true ? [hostNetworkToleration] : [])];
}

function belongsOn(daemonSet: DaemonSet, node: Node): boolean {
  const { spec } = daemonSet.spec.template;
  if (spec.nodeName !== undefined && spec.nodeName !== node.metadata.name) return false;
  const effects = ['NoSchedule', 'NoExecute'] as const;
  return matchesNodeSelector(spec, node) && untolerated(node, tolerationsOf(daemonSet), effects) === undefined;
}

function createOn(daemonSet: DaemonSet, node: Node, { store }: ControllerContext): void {
  const { template } = daemonSet.spec;
  createPod(store, daemonSet, template, {
    labels: { [revisionLabel]: templateRevision(template) },
    spec: { nodeName: node.metadata.name, tolerations: tolerationsOf(daemonSet) },
  });
}

/** Pods of the set by node; on each, the one to keep comes first: ready ones before others, then by name. */
function podsByNode(pods: readonly Pod[]): ReadonlyMap<string, readonly Pod[]> {
  const keepFirst = pods.toSorted((a, b) => Number(isPodReady(b)) - Number(isPodReady(a)));
  return Map.groupBy(keepFirst, (pod) => pod.spec.nodeName ?? '');
}

function place(daemonSet: DaemonSet, nodes: readonly Node[], context: ControllerContext): void {
  const { store, index, now } = context;
  const pods = index.podsOwnedBy(daemonSet);
  for (const pod of pods) if (isPodFinished(pod)) store.delete(keyOf(pod));
  const present = podsByNode(pods.filter((pod) => !isPodFinished(pod)));
  const wanted = new Set(nodes.map((node) => node.metadata.name));
  for (const [node, onNode] of present) {
    const surplus = onNode.filter(isPodActive).slice(wanted.has(node) ? 1 : 0);
    for (const pod of surplus) deletePod(store, pod, { now });
  }
  for (const node of nodes) if (!present.has(node.metadata.name)) createOn(daemonSet, node, context);
}

/** RollingUpdate: Pods of an old template go one at a time, and only while all others are ready; unready ones at once. */
function replaceOld(daemonSet: DaemonSet, nodes: readonly Node[], { store, index, now }: ControllerContext): void {
  if (daemonSet.spec.updateStrategy?.type === 'OnDelete') return;
  const revision = templateRevision(daemonSet.spec.template);
  const pods = index.podsOwnedBy(daemonSet);
  const old = pods.filter((pod) => isPodActive(pod) && pod.metadata.labels?.[revisionLabel] !== revision);
  for (const pod of old) if (!isPodReady(pod)) deletePod(store, pod, { now });
  const ready = pods.filter((pod) => isPodActive(pod) && isPodReady(pod));
  const next = old.find(isPodReady);
  if (next !== undefined && ready.length >= nodes.length) deletePod(store, next, { now });
}

function statusOf(daemonSet: DaemonSet, nodes: readonly Node[], pods: readonly Pod[]): WorkloadStatus {
  const revision = templateRevision(daemonSet.spec.template);
  const { generation } = daemonSet.metadata;
  const ready = pods.filter(isPodReady).length;
  return {
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    desiredNumberScheduled: nodes.length,
    currentNumberScheduled: pods.length,
    numberReady: ready,
    availableReplicas: ready,
    updatedReplicas: pods.filter((pod) => pod.metadata.labels?.[revisionLabel] === revision).length,
  };
}

/** One Pod of each DaemonSet on every node that its nodeSelector and tolerations allow. */
export const daemonSetController: Controller = {
  name: 'daemonset',
  *affectedBy(change, { store, index }) {
    const object = change.after ?? change.before;
    if (object?.kind === 'DaemonSet') yield change.key;
    if (object?.kind === 'Pod') yield* controllersOf(change, 'DaemonSet', index);
    if (object?.kind === 'Node') yield* store.list('DaemonSet').map(keyOf);
  },
  reconcile(key, context) {
    const daemonSet = context.store.getByKey(key);
    if (daemonSet?.kind !== 'DaemonSet') return;
    const nodes = context.store.list('Node').filter((node) => belongsOn(daemonSet, node));
    place(daemonSet, nodes, context);
    replaceOld(daemonSet, nodes, context);
    const pods = context.index.podsOwnedBy(daemonSet).filter(isPodActive);
    context.store.update({ ...daemonSet, status: statusOf(daemonSet, nodes, pods) });
  },
};
