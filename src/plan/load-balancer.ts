import type { ClusterView } from '../cluster/view.ts';
import { serviceNameLabel } from '../kinds/types/endpointslice.ts';
import type { Service } from '../kinds/types/service.ts';
import { type Family, familyOf, hostCidr, type IP, tryParseIP } from '../net/address.ts';
import { watchedByProxy } from '../proxy/watch.ts';
import type { DesiredRoute } from './desired.ts';
import { nodeIP } from './families.ts';

/** The addresses of a Service whose packets the load balancer sends to nodes as they are (KEP-1860, younger than 1.20). */
function loadBalancerAddresses({ lab }: ClusterView, service: Service): IP[] {
  if (service.spec.type !== 'LoadBalancer') return [];
  const ingress = (service.status?.loadBalancer?.ingress ?? []).filter(
    ({ ipMode }) => ipMode !== 'Proxy' || lab.kubernetesRelease !== '1.36',
  );
  return ingress.map(({ ip }) => tryParseIP(ip ?? '')).filter((ip) => ip !== undefined);
}

/**
 * Nodes with a ready endpoint of the Service in the family: those whose healthCheckNodePort answers 200 there. For a
 * Service that proxies do not see, nobody answers.
 */
function nodesWithEndpoint(view: ClusterView, service: Service, family: Family): ReadonlySet<string> {
  const { kubernetesRelease: release } = view.lab;
  const { metadata } = service;
  if (watchedByProxy([service], release).length === 0) return new Set();
  const slices = watchedByProxy(view.slices, release).filter(
    (slice) =>
      slice.ports?.some(({ port = 0 }) => port > 0) === true &&
      slice.metadata.namespace === metadata.namespace &&
      slice.metadata.labels?.[serviceNameLabel] === metadata.name &&
      slice.addressType.toLowerCase() === family,
  );
  const ready = slices.flatMap(({ endpoints }) => endpoints).filter(({ conditions }) => conditions?.ready !== false);
  return new Set(ready.flatMap(({ nodeName }) => nodeName ?? []));
}

/** Addresses of the nodes that the load balancer sends connections to: those that serve all Services of the address. */
function targets(view: ClusterView, services: readonly Service[], family: Family): IP[] {
  const local = services
    .filter(({ spec }) => spec.externalTrafficPolicy === 'Local')
    .map((service) => nodesWithEndpoint(view, service, family));
  return view.nodes
    .filter(({ name, kubeProxy }) => kubeProxy && local.every((names) => names.has(name)))
    .map((node) => nodeIP(node, family))
    .filter((ip) => ip !== undefined);
}

/**
 * The router's routes to the addresses of load balancers: to every node with a proxy, or with externalTrafficPolicy
 * Local to those whose health check answers. Connections are spread by their addresses and ports.
 */
export function loadBalancerRoutes(view: ClusterView, device: string): DesiredRoute[] {
  const owned = view.services.flatMap((service) => loadBalancerAddresses(view, service).map((ip) => ({ ip, service })));
  return [...Map.groupBy(owned, ({ ip }) => ip)].flatMap(([ip, owners]): DesiredRoute[] => {
    const services = owners.map(({ service }) => service);
    const hops = targets(view, services, familyOf(ip)).map((via) => ({ via, device }));
    const [first] = hops;
    if (first === undefined) return [];
    return [{ to: hostCidr(ip), ...(hops.length === 1 ? first : { nexthops: hops }) }];
  });
}
