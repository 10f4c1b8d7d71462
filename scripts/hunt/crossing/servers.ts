import type { ClusterView } from '../../../src/cluster/view.ts';
import { proxyInputs } from '../../../src/lab/proxies.ts';
import { podNetns } from '../../../src/plan/names.ts';
import { listeningPorts } from '../../../src/workload/ports.ts';

/** Whether a server listens in a network namespace. */
export type Servers = (netns: string, protocol: string, port: number) => boolean;

/** What listens in the lab: the servers of Pods, and the health checks that kube-proxy answers on its node. */
export function serversOf(view: ClusterView): Servers {
  const known = new Set<string>();
  for (const pod of view.pods) {
    for (const { protocol, port } of listeningPorts(pod))
      known.add(`${podNetns(pod)} ${protocol.toLowerCase()} ${port}`);
  }
  for (const node of view.nodes.filter(({ kubeProxy }) => kubeProxy)) {
    const local = proxyInputs(view, node).flatMap(({ services }) => services);
    for (const { spec } of local) {
      if (spec.type !== 'LoadBalancer' || spec.externalTrafficPolicy !== 'Local') continue;
      if (spec.healthCheckNodePort !== undefined) known.add(`${node.name} tcp ${spec.healthCheckNodePort}`);
    }
  }
  return (netns, protocol, port) => known.has(`${netns} ${protocol} ${port}`);
}
