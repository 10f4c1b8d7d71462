import type { ClusterView, NodeView } from '../cluster/view.ts';
import type { KubeProxyConfiguration } from '../kinds/types.ts';
import { nthAddress } from '../net/address.ts';
import type { NodeProxy } from '../plan/build.ts';
import { type ProxyConfig, proxyConfig } from '../proxy/config.ts';
import { createIptablesProxier, type IptablesProxier } from '../proxy/iptables/proxier.ts';
import type { ProxyNode } from '../proxy/types.ts';

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
  readonly #proxiers = new Map<string, IptablesProxier>();

  /** What the proxy of a node wants; nothing where none runs. */
  of(view: ClusterView, node: NodeView): NodeProxy {
    if (!node.kubeProxy) return { rulesets: [], routeLocalnet: false };
    const config = proxyConfigOf(view.proxy);
    const tables = this.#proxier(node.name).tables({
      release: view.lab.kubernetesRelease,
      family: 'ipv4',
      node: proxyNode(node),
      config,
      services: view.services,
      slices: view.slices,
    });
    return {
      rulesets: [{ owner: 'kube-proxy', loader: 'iptables', tables }],
      routeLocalnet: config.localhostNodePorts,
    };
  }

  #proxier(node: string): IptablesProxier {
    const proxier = this.#proxiers.get(node) ?? createIptablesProxier();
    this.#proxiers.set(node, proxier);
    return proxier;
  }
}

/** The node as its proxy sees it: the addresses of eth0, the Pods' bridge and the overlay. */
function proxyNode(node: NodeView): ProxyNode {
  const own = node.podCIDRs.flatMap((cidr) => [nthAddress(cidr, 1), nthAddress(cidr, 0)]);
  return { name: node.name, ips: [node.ip, ...own], podCIDRs: node.podCIDRs, labels: node.labels };
}
