import type { ClusterView, NodeView } from '../cluster/view.ts';
import { toLabError } from '../errors.ts';
import { deleteFlows, IPPROTO_UDP } from '../kernel/conntrack.ts';
import { proxyConfigOf, proxyInput } from '../lab/proxies.ts';
import { familyOf } from '../net/address.ts';
import { staleUDPEntries } from '../proxy/conntrack.ts';
import type { ProxyInput } from '../proxy/types.ts';
import type { ProxyHealth } from './health-answers.ts';
import { NodeAgent } from './node-agent.ts';
import { relevantView } from './relevant.ts';
import { newNodePorts, staleClassicEntries, type UDPPort, udpEndpointsChanged, udpPorts } from './stale-flows.ts';

/** What `svclab status` tells of the agents. */
export interface AgentStatus {
  /** What cannot be done, one line each; tried again at every sync. */
  readonly problems: readonly string[];
}

/** What the kube-proxy processes of a lab's nodes do besides rules. One for each lab. */
export class NodeAgents {
  readonly #startedAt = Date.now();
  readonly #agents = new Map<string, NodeAgent>();
  #ports: ReadonlyMap<string, UDPPort> = new Map();
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
    const inputs = nodes.map((node) => ({ node, input: proxyInput(relevant, node, 'ipv4') }));
    this.#problems = [
      ...inputs.flatMap(({ node, input }) => attempt(() => this.#serve(view, node, input))),
      ...this.#cleanFlows(inputs.map(({ input }) => input)),
    ];
  }

  #forget(nodes: ReadonlySet<string>): void {
    for (const [name, agent] of this.#agents) {
      if (nodes.has(name)) continue;
      agent.close();
      this.#agents.delete(name);
    }
  }

  #serve(view: ClusterView, node: NodeView, input: ProxyInput): readonly string[] {
    const health = () => this.#health(view, node);
    const agent = this.#agents.get(node.name) ?? new NodeAgent(node.name, input.release, health);
    this.#agents.set(node.name, agent);
    return agent.sync(input, health);
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

  /** Services and endpoints are the same on every node, so that one input tells what changed. */
  #cleanFlows(inputs: readonly ProxyInput[]): readonly string[] {
    const [first] = inputs;
    if (first === undefined) return [];
    const before = this.#ports;
    const after = udpPorts(first);
    this.#ports = after;
    const modern = first.release === '1.36';
    if (!udpEndpointsChanged(before, after) && (modern || newNodePorts(before, after).length === 0)) return [];
    return inputs.flatMap((input) => {
      const isStale = modern ? staleUDPEntries(input) : staleClassicEntries(before, after, input.release);
      return attempt(() => {
        deleteFlows(input.node.name, { family: 'ipv4', protocol: IPPROTO_UDP }, ({ original, reply }) =>
          isStale({
            originalDestination: original.destination,
            originalPort: original.destinationPort,
            replySource: reply.source,
          }),
        );
        return [];
      });
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
