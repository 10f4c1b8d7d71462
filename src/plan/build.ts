import type { ClusterView, NodeView } from '../cluster/view.ts';
import type { DesiredLab, DesiredNetns, Ruleset } from './desired.ts';
import { clientStates, fabricState } from './fabric.ts';
import { networkedPods, nodeState, podState } from './node.ts';

/** What the proxy of one node wants: its rules, and whether 127.0.0.0/8 may be routed. */
export interface NodeProxy {
  readonly rulesets: readonly Ruleset[];
  readonly routeLocalnet: boolean;
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
    const { rulesets, routeLocalnet } = proxyOf(node);
    return nodeState(view, node, own, rulesets, routeLocalnet);
  });
  return { namespaces: [fabricState(view), ...nodes, ...clientStates(view), ...pods] };
}
