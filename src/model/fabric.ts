import type { NodeView } from '../cluster/view.ts';
import { routerAddressOf } from '../kinds/lab-networks.ts';
import type { Service } from '../kinds/types/service.ts';
import { type Cidr, cidrContains, cidrPrefix, type Family, familyOf, type IP, tryParseCidr } from '../net/address.ts';
import { loadBalancerIPs, serviceName } from './claims.ts';
import { hasReadyEndpoint } from './endpoints.ts';
import { isOnUnderlay } from './route.ts';
import { isWatched } from './settings.ts';
import { nodeIP, type Topology } from './topology.ts';

/** What the router of the underlay does with a packet. */
export type RouterHop =
  | { readonly to: 'router itself' }
  | { readonly to: 'node'; readonly node: NodeView }
  | { readonly to: 'nobody on the underlay' }
  | { readonly to: 'client'; readonly name: string }
  | {
      readonly to: 'nodes';
      readonly nodes: readonly NodeView[];
      readonly route: string;
      /** Nodes whose packets are not sent there: they did not want them, or they would come back. */
      readonly notFrom: readonly NodeView[];
    }
  | { readonly to: 'nowhere' };

function externalRoute(topology: Topology, destination: IP): RouterHop | undefined {
  const ranges = topology.view.lab.externalIPs
    .map(({ cidr, via }) => ({ cidr: tryParseCidr(cidr), via }))
    .filter(
      (range): range is { cidr: Cidr; via: string } =>
        range.cidr !== undefined && cidrContains(range.cidr, destination),
    )
    .sort((a, b) => cidrPrefix(b.cidr) - cidrPrefix(a.cidr));
  const best = ranges[0];
  const node = best === undefined ? undefined : topology.node(best.via);
  if (best === undefined || node === undefined) return undefined;
  return {
    to: 'nodes',
    nodes: [node],
    notFrom: [node],
    route: `${best.cidr} via ${nodeIP(node, familyOf(destination))}`,
  };
}

/** Services whose load balancer has the address. The load balancer does not ask which of them proxies see. */
function balancedServices({ view }: Topology, destination: IP): readonly Service[] {
  return view.services.filter(
    (service) => service.spec.type === 'LoadBalancer' && loadBalancerIPs(view, service).includes(destination),
  );
}

/**
 * The nodes that the outside load balancer sends an address to: those with a proxy and, under externalTrafficPolicy
 * Local, whose health check tells of a ready local endpoint. A proxy answers none for a Service that it does not see.
 */
function balancedNodes({ view }: Topology, services: readonly Service[], family: Family): readonly NodeView[] {
  const local = services.filter(({ spec }) => spec.externalTrafficPolicy === 'Local');
  const isHealthy = (node: NodeView) => (service: Service) =>
    isWatched(view, service) && hasReadyEndpoint(view, service, family, node);
  return view.nodes.filter((node) => node.kubeProxy && local.every(isHealthy(node)));
}

function balancedRoute(topology: Topology, destination: IP): RouterHop | undefined {
  const services = balancedServices(topology, destination);
  const nodes = balancedNodes(topology, services, familyOf(destination));
  const [owner] = services;
  if (owner === undefined || nodes.length === 0) return undefined;
  const notFrom = topology.view.nodes.filter(({ kubeProxy }) => kubeProxy);
  return { to: 'nodes', nodes, notFrom, route: `load balancer of Service ${serviceName(owner)}` };
}

/** The router's route to an address. It knows the underlay, the outside hosts, the load balancer's addresses one by one, and external ranges. */
export function routerHop(topology: Topology, destination: IP): RouterHop {
  const { view } = topology;
  if (destination === routerAddressOf(view.lab, familyOf(destination))) return { to: 'router itself' };
  const node = topology.nodeAt(destination);
  if (node !== undefined) return { to: 'node', node };
  if (isOnUnderlay(view, destination)) return { to: 'nobody on the underlay' };
  const client = topology.clientAt(destination);
  if (client !== undefined) return { to: 'client', name: client.name };
  return balancedRoute(topology, destination) ?? externalRoute(topology, destination) ?? { to: 'nowhere' };
}
