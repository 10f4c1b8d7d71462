import type { ClusterView } from '../../../src/cluster/view.ts';
import { proxyInputs } from '../../../src/lab/proxies.ts';
import type { IP } from '../../../src/net/address.ts';
import { podNetns } from '../../../src/plan/names.ts';
import { nodeHealthChecks } from '../../../src/proxy/health-checks.ts';
import { listeningPorts } from '../../../src/workload/ports.ts';

/** Whether a server listens in a network namespace, at this address of it. */
export type Servers = (netns: string, protocol: string, port: number, address: IP) => boolean;

/** What listens in the lab: the servers of Pods, and the health checks that kube-proxy answers on its node. */
export function serversOf(view: ClusterView): Servers {
  const known = new Map<string, readonly IP[] | undefined>();
  for (const node of view.nodes.filter(({ kubeProxy }) => kubeProxy)) {
    for (const { check, addresses } of nodeHealthChecks(proxyInputs(view, node))) {
      known.set(`${node.name} tcp ${check.port}`, addresses);
    }
  }
  for (const pod of view.pods) {
    for (const { protocol, port } of listeningPorts(pod)) {
      known.set(`${podNetns(pod)} ${protocol.toLowerCase()} ${port}`, undefined);
    }
  }
  return (netns, protocol, port, address) => {
    const key = `${netns} ${protocol} ${port}`;
    return known.has(key) && (known.get(key)?.includes(address) ?? true);
  };
}
