import type { ClusterView } from '../cluster/view.ts';
import { podIPs, podName } from '../model/topology.ts';
import type { From } from '../model/types.ts';
import type { Destination } from './destination.ts';

/** Somebody who connects. */
export interface Sender {
  readonly from: From;
  /** `namespace/name`, for a Pod. */
  readonly pod?: string;
  /** Where it runs, for Pods and nodes. */
  readonly node?: string;
}

function podSenders(view: ClusterView): Sender[] {
  return view.pods
    .filter(
      (pod) => pod.status.phase === 'Running' && pod.metadata.deletionTimestamp === undefined && podIPs(pod).length > 0,
    )
    .map((pod) => {
      const { namespace = 'default', name } = pod.metadata;
      const node = pod.spec.nodeName;
      return { from: { kind: 'pod', namespace, name }, pod: podName(pod), ...(node === undefined ? {} : { node }) };
    });
}

function interleave<T>(lists: readonly (readonly T[])[]): T[] {
  const longest = Math.max(0, ...lists.map((list) => list.length));
  return Array.from({ length: longest }, (_, i) => lists.flatMap((list) => list[i] ?? [])).flat();
}

/** Everybody in the lab who can connect: Pods that run, nodes, outside clients; Pods of different nodes take turns. */
export function sendersOf(view: ClusterView): readonly Sender[] {
  const pods = [...Map.groupBy(podSenders(view), (sender) => sender.node).values()];
  const nodes = view.nodes.map(({ name }): Sender => ({ from: { kind: 'node', name }, node: name }));
  const clients = view.lab.clients.map(({ name }): Sender => ({ from: { kind: 'client', name } }));
  return [...clients, ...nodes, ...interleave(pods)];
}

/** How far the sender is from a Pod: `from itself`, `on the same node`, `on another node`, `from outside`. */
export function isNear(destination: Destination, sender: Sender): string {
  if (sender.from.kind === 'client') return 'from outside';
  if (sender.pod !== undefined && destination.endpointPods.has(sender.pod)) return 'from itself';
  return sender.node === destination.node ? 'on the same node' : 'on another node';
}
