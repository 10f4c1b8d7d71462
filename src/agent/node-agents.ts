import type { ClusterView, NodeView } from '../cluster/view.ts';
import { toLabError } from '../errors.ts';
import { proxyConfigOf, proxyInput, proxyInputs } from '../lab/proxies.ts';
import { familyOf } from '../net/address.ts';
import type { ProxyInput } from '../proxy/types.ts';
import { FlowCleaner } from './flow-cleaner.ts';
import type { ProxyHealth } from './health-answers.ts';
import { NodeAgent } from './node-agent.ts';
import { relevantView } from './relevant.ts';

/** What `svclab status` tells of the agents. */
export interface AgentStatus {
  /** What cannot be done, one line each; tried again at every sync. */
  readonly problems: readonly string[];
}

/** What the kube-proxy processes of a lab's nodes do besides rules. One for each lab. */
export class NodeAgents {
  readonly #startedAt = Date.now();
  readonly #agents = new Map<string, NodeAgent>();
  readonly #cleaners = { ipv4: new FlowCleaner(), ipv6: new FlowCleaner() };
  #lastUpdated = Date.now();
  #pendingSince: number | undefined;
  #problems: readonly string[] = [];

  get status(): AgentStatus {
    return { problems: this.#problems };
  }

  /** Notes that something changed and is not in the rules yet; health checks fail when that lasts too long. */
  queued(): void {
    this.#pendingSince ??= Date.now();
  }

  /**
   * Called after the rules of the view are in the kernel: opens and closes health servers and held ports on every node
   * with a proxy, and deletes stale UDP connections. What fails is told by `status`; nothing is thrown.
   */
  async sync(view: ClusterView): Promise<void> {
    const relevant = relevantView(view);
    const nodes = relevant.nodes.filter(({ kubeProxy }) => kubeProxy);
    this.#lastUpdated = Date.now();
    this.#pendingSince = undefined;
    this.#forget(new Set(nodes.map(({ name }) => name)));
    this.#problems = [
      ...nodes.flatMap((node) => attempt(() => this.#serve(view, node, proxyInputs(relevant, node)))),
      ...this.#cleanFlows(relevant, nodes),
    ];
  }

  #forget(nodes: ReadonlySet<string>): void {
    for (const [name, agent] of this.#agents) {
      if (nodes.has(name)) continue;
      agent.close();
      this.#agents.delete(name);
    }
  }

  #serve(view: ClusterView, node: NodeView, inputs: readonly ProxyInput[]): readonly string[] {
    const health = () => this.#health(view, node);
    const agent = this.#agents.get(node.name) ?? new NodeAgent(node.name, view.lab.kubernetesRelease, health);
    this.#agents.set(node.name, agent);
    return agent.sync(inputs, health);
  }

  #health(view: ClusterView, node: NodeView): ProxyHealth {
    return {
      startedAt: this.#startedAt,
      lastUpdated: this.#lastUpdated,
      pendingSince: this.#pendingSince,
      timeout: 2 * proxyConfigOf(view.proxy).syncPeriod,
      nodeEligible: node.leaving !== true,
      families: [...new Set(node.podCIDRs.map((cidr) => (familyOf(cidr) === 'ipv4' ? 'IPv4' : 'IPv6')))],
    };
  }

  #cleanFlows(view: ClusterView, nodes: readonly NodeView[]): readonly string[] {
    return (['ipv4', 'ipv6'] as const).flatMap((family) => {
      const served = nodes.filter(({ podCIDRs }) => podCIDRs.some((cidr) => familyOf(cidr) === family));
      const jobs = this.#cleaners[family].jobs(served.map((node) => proxyInput(view, node, family)));
      return jobs.flatMap(attempt);
    });
  }
}

function attempt(work: () => readonly string[]): readonly string[] {
  try {
    return work();
  } catch (error) {
    return [toLabError(error).message];
  }
}
