import type { ClusterView } from '../cluster/view.ts';
import { serviceNameLabel } from '../kinds/types/endpointslice.ts';
import type { Service } from '../kinds/types/service.ts';
import { type Family, familyOf, hostCidr, type IP, tryParseIP } from '../net/address.ts';
import type { DesiredRoute } from './desired.ts';
import { nodeIP } from './families.ts';

/** The addresses that the load balancer of a Service takes traffic on itself. */
function loadBalancerAddresses(service: Service): IP[] {
  if (service.spec.type !== 'LoadBalancer') return [];
  const ingress = (service.status?.loadBalancer?.ingress ?? []).filter(({ ipMode }) => ipMode !== 'Proxy');
  return ingress.map(({ ip }) => tryParseIP(ip ?? '')).filter((ip) => ip !== undefined);
}

/** Nodes with a ready endpoint of the Service in the family: those whose healthCheckNodePort answers 200 there. */
function nodesWithEndpoint(view: ClusterView, { metadata }: Service, family: Family): ReadonlySet<string> {
  const slices = view.slices.filter(
    (slice) =>
      slice.ports?.some(({ port = 0 }) => port > 0) === true &&
      slice.metadata.namespace === metadata.namespace &&
      slice.metadata.labels?.[serviceNameLabel] === metadata.name &&
      slice.addressType.toLowerCase() === family,
  );
  const ready = slices.flatMap(({ endpoints }) => endpoints).filter(({ conditions }) => conditions?.ready !== false);
  return new Set(ready.flatMap(({ nodeName }) => nodeName ?? []));
}

/** Addresses of the nodes that the load balancer sends connections to. */
function targets(view: ClusterView, service: Service, family: Family): IP[] {
  const serving = view.nodes.filter(({ kubeProxy }) => kubeProxy);
  const isLocal = service.spec.externalTrafficPolicy === 'Local';
  const local = isLocal ? nodesWithEndpoint(view, service, family) : undefined;
  const nodes = local === undefined ? serving : serving.filter(({ name }) => local.has(name));
  return nodes.map((node) => nodeIP(node, family)).filter((ip) => ip !== undefined);
}

/**
 * The router's routes to the addresses of load balancers: to every node with a proxy, or with externalTrafficPolicy
 * Local to those whose health check answers. Connections are spread by their addresses and ports.
 */
export function loadBalancerRoutes(view: ClusterView, device: string): DesiredRoute[] {
  return view.services.flatMap((service) =>
    loadBalancerAddresses(service).flatMap((ip): DesiredRoute[] => {
      const hops = targets(view, service, familyOf(ip)).map((via) => ({ via, device }));
      const [first] = hops;
      if (first === undefined) return [];
      return [{ to: hostCidr(ip), ...(hops.length === 1 ? first : { nexthops: hops }) }];
    }),
  );
}
