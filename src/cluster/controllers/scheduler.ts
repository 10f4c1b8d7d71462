import type { Node } from '../../kinds/types/node.ts';
import type { Pod } from '../../kinds/types/pod.ts';
import { controllerUid, unscheduled } from '../cluster-index.ts';
import { hostPortsOf, matchesNodeSelector, untolerated } from '../pods/node-fit.ts';
import { isPodFinished, withCondition } from '../pods/status.ts';
import type { Controller, ControllerContext } from './controller.ts';

function portsTaken(node: Node, pod: Pod, { index }: ControllerContext): boolean {
  const wanted = hostPortsOf(pod.spec);
  if (wanted.length === 0) return false;
  const others = index.pods(index.podsByNode.get(node.metadata.name)).filter((other) => !isPodFinished(other));
  const taken = new Set(others.flatMap((other) => hostPortsOf(other.spec)));
  return wanted.some((port) => taken.has(port));
}

/** Why the Pod cannot run on the node, in the scheduler's words, or undefined when it can. */
function misfit(pod: Pod, node: Node, context: ControllerContext): string | undefined {
  const tolerations = pod.spec.tolerations ?? [];
  if (node.spec.unschedulable === true) {
    const cordon = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' } as const;
    const cordoned: Node = { ...node, spec: { taints: [cordon] } };
    if (untolerated(cordoned, tolerations, ['NoSchedule']) !== undefined) return 'node(s) were unschedulable';
  }
  const taint = untolerated(node, tolerations, ['NoSchedule', 'NoExecute']);
  if (taint !== undefined) return `node(s) had untolerated taint {${taint.key}: ${taint.value ?? ''}}`;
  if (!matchesNodeSelector(pod.spec, node)) return "node(s) didn't match Pod's node affinity/selector";
  return portsTaken(node, pod, context) ? "node(s) didn't have free ports for the requested pod ports" : undefined;
}

/** Fewer is better, the first number that differs decides. */
function burden(pod: Pod, node: Node, { index }: ControllerContext): readonly number[] {
  const { name } = node.metadata;
  const owner = controllerUid(pod);
  return [
    untolerated(node, pod.spec.tolerations ?? [], ['PreferNoSchedule']) === undefined ? 0 : 1,
    owner === undefined ? 0 : index.podsByOwnerAndNode.get(`${owner}/${name}`).size,
    index.podsByNode.get(name).size,
  ];
}

function less(a: readonly number[], b: readonly number[]): boolean {
  const differing = a.findIndex((value, i) => value !== b[i]);
  return differing >= 0 && (a[differing] ?? 0) < (b[differing] ?? 0);
}

function failureMessage(reasons: readonly string[]): string {
  const total = reasons.length;
  if (total === 0) return 'no nodes available to schedule pods';
  const counts = new Map<string, number>();
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const list = [...counts].map(([reason, count]) => `${count} ${reason}`).sort();
  const preemption = `preemption: 0/${total} nodes are available: ${total} Preemption is not helpful for scheduling.`;
  return `0/${total} nodes are available: ${list.join(', ')}. ${preemption}`;
}

function bind(pod: Pod, node: Node, { store, now }: ControllerContext): void {
  const conditions = withCondition(pod.status.conditions, { type: 'PodScheduled', status: 'True' }, now);
  store.update<Pod>({
    ...pod,
    spec: { ...pod.spec, nodeName: node.metadata.name },
    status: { ...pod.status, conditions },
  });
}

function refuse(pod: Pod, message: string, { store, now }: ControllerContext): void {
  const condition = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message } as const;
  const conditions = withCondition(pod.status.conditions, condition, now);
  store.update<Pod>({ ...pod, status: { ...pod.status, conditions } });
}

function schedule(pod: Pod, context: ControllerContext): void {
  const reasons: string[] = [];
  let best: { readonly node: Node; readonly burden: readonly number[] } | undefined;
  for (const node of context.store.listByAge('Node')) {
    const reason = misfit(pod, node, context);
    if (reason !== undefined) {
      reasons.push(reason);
      continue;
    }
    const candidate = { node, burden: burden(pod, node, context) };
    if (best === undefined || less(candidate.burden, best.burden)) best = candidate;
  }
  if (best !== undefined) bind(pod, best.node, context);
  else refuse(pod, failureMessage(reasons), context);
}

/** Whether the change gives waiting Pods a new chance: a node came or changed, or a Pod left one. */
function freesRoom({ before, after }: Parameters<Controller['affectedBy']>[0]): boolean {
  if ((after ?? before)?.kind === 'Node') return true;
  return before?.kind === 'Pod' && before.spec.nodeName !== undefined && after === undefined;
}

/**
 * Gives Pods without a node one: nodeSelector, taints, cordons and host ports must fit; then the node with the fewest
 * Pods of the same owner, then with the fewest Pods, then the one that joined first.
 */
export const scheduler: Controller = {
  name: 'scheduler',
  *affectedBy(change, { index }) {
    const { key, after } = change;
    if (after?.kind === 'Pod' && after.spec.nodeName === undefined) yield key;
    if (freesRoom(change)) yield* index.podsByState.get(unscheduled);
  },
  reconcile(key, context) {
    const pod = context.store.getByKey(key);
    if (pod?.kind !== 'Pod' || pod.spec.nodeName !== undefined || pod.metadata.deletionTimestamp !== undefined) return;
    schedule(pod, context);
  },
};
