import type { ClusterView, NodeView } from '../cluster/view.ts';
import type { KubeProxyConfiguration } from '../kinds/types/kubeproxyconfiguration.ts';
import { type Family, nthAddress, parseCidr } from '../net/address.ts';
import type { NodeProxy } from '../plan/build.ts';
import { type ProxyConfig, proxyConfig } from '../proxy/config.ts';
import type { Proxier, ProxyMode } from '../proxy/mode.ts';
import { proxyMode } from '../proxy/modes.ts';
import { proxySysctls } from '../proxy/sysctls.ts';
import type { ProxyInput, ProxyNode } from '../proxy/types.ts';
import { watchedByProxy } from '../proxy/watch.ts';

/** The proxy's configuration of a view, resolved once for each object. Throws what proxyConfig throws. */
export function proxyConfigOf(object: KubeProxyConfiguration): ProxyConfig {
  const known = configs.get(object);
  if (known !== undefined) return known;
  const config = proxyConfig(object);
  configs.set(object, config);
  return config;
}

const configs = new WeakMap<KubeProxyConfiguration, ProxyConfig>();

/** One kube-proxy per node: remembers what it computed for Services that have not changed. */
export class NodeProxies {
  readonly #proxiers = new Map<string, Proxier>();

  /** What the proxy of a node wants; nothing where none runs. Throws `usage` for a mode that the release never had. */
  of(view: ClusterView, node: NodeView): NodeProxy {
    if (!node.kubeProxy) return { rulesets: [], sysctls: [] };
    const mode = proxyMode(proxyConfigOf(view.proxy).mode, view.lab.kubernetesRelease);
    const rulesets = proxyInputs(view, node).flatMap((input) =>
      this.#proxier(mode, node.name, input.family).rulesets(input),
    );
    return { rulesets, sysctls: proxySysctls(proxyInput(view, node, 'ipv4')) };
  }

  #proxier(mode: ProxyMode, node: string, family: Family): Proxier {
    const key = `${mode.name} ${node} ${family}`;
    const proxier = this.#proxiers.get(key) ?? mode.createProxier();
    this.#proxiers.set(key, proxier);
    return proxier;
  }
}

/** What the proxy of a node works from, for each family that it serves. Throws what proxyConfig throws. */
export function proxyInputs(view: ClusterView, node: NodeView): readonly ProxyInput[] {
  return families(node).map((family) => proxyInput(view, node, family));
}

/** All that the proxy of a node and family works from. Throws what proxyConfig throws. */
export function proxyInput(view: ClusterView, node: NodeView, family: Family): ProxyInput {
  const release = view.lab.kubernetesRelease;
  return {
    release,
    family,
    node: proxyNode(node),
    config: proxyConfigOf(view.proxy),
    services: watchedByProxy(view.services, release),
    slices: watchedByProxy(view.slices, release),
    serviceCIDRs: view.lab.serviceClusterIPRange.split(',').map((cidr) => parseCidr(cidr.trim())),
    kubelet: true,
  };
}

/** The families that a node has addresses of: kube-proxy serves IPv6 beside IPv4 where the node has both. */
function families({ ipv6 }: NodeView): readonly Family[] {
  return ipv6 === undefined ? ['ipv4'] : ['ipv4', 'ipv6'];
}

/** The node as its proxy sees it: the addresses of eth0, the Pods' bridge and the overlay. */
function proxyNode(node: NodeView): ProxyNode {
  const own = node.podCIDRs.flatMap((cidr) => [nthAddress(cidr, 1), nthAddress(cidr, 0)]);
  const ips = [node.ip, ...(node.ipv6 === undefined ? [] : [node.ipv6]), ...own];
  return { name: node.name, ips, podCIDRs: node.podCIDRs, labels: node.labels };
}
