import type { ClusterView, NodeView } from '../cluster/view.ts';
import { type Service, serviceNameLabel } from '../kinds/types.ts';
import { familyOf, type IP, makeCidr, tryParseIP } from '../net/address.ts';
import type { DesiredRoute } from './desired.ts';

/** The addresses that the load balancer of a Service takes traffic on itself, as far as they are IPv4. */
function loadBalancerAddresses(service: Service): IP[] {
  if (service.spec.type !== 'LoadBalancer') return [];
  const ingress = (service.status?.loadBalancer?.ingress ?? []).filter(({ ipMode }) => ipMode !== 'Proxy');
  return ingress
    .map(({ ip }) => tryParseIP(ip ?? ''))
    .filter((ip) => ip !== undefined && familyOf(ip) === 'ipv4') as IP[];
}

/** Nodes with a ready endpoint of the Service: those whose healthCheckNodePort answers 200. */
function nodesWithEndpoint(view: ClusterView, { metadata }: Service): ReadonlySet<string> {
  const slices = view.slices.filter(
    (slice) =>
      slice.metadata.namespace === metadata.namespace && slice.metadata.labels?.[serviceNameLabel] === metadata.name,
  );
  const ready = slices.flatMap(({ endpoints }) => endpoints).filter(({ conditions }) => conditions?.ready !== false);
  return new Set(ready.flatMap(({ nodeName }) => nodeName ?? []));
}

function targets(view: ClusterView, service: Service): NodeView[] {
  const nodes = view.nodes.filter(({ kubeProxy }) => kubeProxy);
  if (service.spec.externalTrafficPolicy !== 'Local') return nodes;
  const local = nodesWithEndpoint(view, service);
  return nodes.filter(({ name }) => local.has(name));
}

/**
 * The router's routes to the addresses of load balancers: to every node with a proxy, or with externalTrafficPolicy
 * Local to those whose health check answers. Connections are spread by their addresses and ports.
 */
export function loadBalancerRoutes(view: ClusterView, device: string): DesiredRoute[] {
  return view.services.flatMap((service) => {
    const nodes = targets(view, service);
    const [first, ...more] = nodes;
    if (first === undefined) return [];
    const hops = nodes.map(({ ip }) => ({ via: ip, device }));
    const way = more.length === 0 ? { via: first.ip, device } : { nexthops: hops };
    return loadBalancerAddresses(service).map((ip) => ({ to: makeCidr(ip, 32), ...way }));
  });
}
