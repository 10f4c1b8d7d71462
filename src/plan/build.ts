import type { ClusterView, NodeView } from '../cluster/view.ts';
import type { DesiredLab, DesiredNetns, Ruleset, Sysctl } from './desired.ts';
import { clientStates, fabricState } from './fabric.ts';
import { networkedPods, nodeState, podState } from './node.ts';

/** What the proxy of one node wants: its rules, and the sysctls that it sets. */
export interface NodeProxy {
  readonly rulesets: readonly Ruleset[];
  readonly sysctls: readonly Sysctl[];
}

/** The state that every network namespace of the lab should have. Makers come before those whose links they make. */
export function buildDesired(view: ClusterView, proxyOf: (node: NodeView) => NodeProxy): DesiredLab {
  const pods: DesiredNetns[] = [];
  const nodes = view.nodes.map((node) => {
    const own = networkedPods(view, node);
    for (const pod of own) {
      const state = podState(view, node, pod);
      if (state !== undefined) pods.push(state);
    }
    return nodeState(view, node, own, proxyOf(node));
  });
  return { namespaces: [fabricState(view), ...nodes, ...clientStates(view), ...pods] };
}
