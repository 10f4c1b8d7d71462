import type { ClusterView } from '../cluster/view.ts';
import type { Pod } from '../kinds/types/pod.ts';
import type { Service } from '../kinds/types/service.ts';
import { allClaims, type Claim, clusterIPsOf, serviceName, servicePortName } from '../model/claims.ts';
import { endpointsOf } from '../model/endpoints.ts';
import { schemeOfPod, schemeOfService } from '../model/scheme.ts';
import { formatTo } from '../model/target.ts';
import { nodeIP, podIPs, podName, type Topology, topologyOf } from '../model/topology.ts';
import type { To } from '../model/types.ts';
import { familyOf, hostPort, type IP, parseIP } from '../net/address.ts';
import { listeningPorts } from '../workload/ports.ts';
import type { Destination } from './destination.ts';
import { nameDestinations } from './name-destinations.ts';

const loopbacks = { ipv4: parseIP('127.0.0.1'), ipv6: parseIP('::1') };
const wrongPort = 61_999;

function addressLabels(to: To): string[] {
  return [formatTo(to), ...(to.port === undefined ? [] : [hostPort(to.address, to.port)]), to.address];
}

function serviceLabels({ service, port }: Claim): string[] {
  const { namespace = 'default', name } = service.metadata;
  const names = [`svc/${namespace}/${name}`, ...(namespace === 'default' ? [`svc/${name}`] : [])];
  const ports = [String(port.port), ...(port.name === undefined || port.name === '' ? [] : [port.name])];
  return names.flatMap((one) => [one, ...ports.map((p) => `${one}:${p}`)]);
}

function endpointPods(topology: Topology, { service, port }: Claim): ReadonlySet<string> {
  const [node] = topology.view.nodes;
  if (node === undefined) return new Set();
  const families = new Set(clusterIPsOf(service).map(familyOf));
  const endpoints = [...families].flatMap((family) => endpointsOf(topology.view, service, port, family, node));
  return new Set(endpoints.flatMap(({ ip }) => podAt(topology, ip) ?? []));
}

function podAt(topology: Topology, ip: IP): string | undefined {
  const pod = topology.podAt(ip);
  return pod === undefined ? undefined : podName(pod);
}

function nodePortDestinations(
  topology: Topology,
  claim: Claim,
  common: Pick<Destination, 'kind' | 'endpointPods'>,
): Destination[] {
  const { service, port } = claim;
  const families = [...new Set(clusterIPsOf(service).map(familyOf))];
  const number = port.nodePort ?? 0;
  const about = `NodePort ${servicePortName(service, port)}`;
  return topology.view.nodes.flatMap((node) =>
    families.flatMap((family) => {
      const scheme = schemeOfService(topology, service, port, family);
      const own = nodeIP(node, family);
      const loopback = loopbacks[family];
      const local: To = { scheme, address: loopback, port: number };
      const names = family === 'ipv4' ? [`localhost:${number}`, 'localhost'] : [];
      const remote = own === undefined ? [] : [{ scheme, address: own, port: number }];
      return [
        ...remote.map((to) => ({
          ...common,
          to,
          about: `${about} on ${node.name}`,
          labels: [...serviceLabels(claim), node.name, `${node.name}:${number}`, ...addressLabels(to)],
        })),
        {
          ...common,
          to: local,
          about: `${about} on ${loopback}`,
          labels: [...serviceLabels(claim), ...names, ...addressLabels(local)],
          onlyFrom: `node/${node.name}`,
        },
      ];
    }),
  );
}

/** Where load balancers ask whether a node has endpoints of a Service with externalTrafficPolicy Local. */
function healthChecks({ view }: Topology): Destination[] {
  return view.services.flatMap((service) => {
    const { healthCheckNodePort: port, externalTrafficPolicy } = service.spec;
    if (port === undefined || externalTrafficPolicy !== 'Local') return [];
    const families = [...new Set(clusterIPsOf(service).map(familyOf))];
    return view.nodes.flatMap((node) =>
      families.flatMap((family): Destination[] => {
        const address = nodeIP(node, family);
        if (address === undefined) return [];
        const to = { scheme: 'http' as const, address, port };
        const about = `health check of ${serviceName(service)} on ${node.name}`;
        const labels = [`${node.name}:${port}`, ...addressLabels(to)];
        return [{ kind: 'other', to, about, labels, endpointPods: new Set() }];
      }),
    );
  });
}

function claimDestinations(topology: Topology, claim: Claim): Destination[] {
  const { service, port, way, address } = claim;
  if (port.protocol === 'SCTP') return [];
  const common = { kind: 'service' as const, endpointPods: endpointPods(topology, claim) };
  if (address === undefined) return nodePortDestinations(topology, claim, common);
  const to = { scheme: schemeOfService(topology, service, port, familyOf(address)), address, port: port.port };
  const about = `${way} ${servicePortName(service, port)}`;
  return [{ ...common, to, about, labels: [...serviceLabels(claim), ...addressLabels(to)] }];
}

function podLabels(pod: Pod, port: number): string[] {
  const { namespace = 'default', name } = pod.metadata;
  const names = [`pod/${namespace}/${name}`, ...(namespace === 'default' ? [`pod/${name}`] : [])];
  return names.flatMap((one) => [one, `${one}:${port}`]);
}

function podDestinations(pod: Pod): Destination[] {
  const name = podName(pod);
  const node = pod.spec.nodeName === undefined ? {} : { node: pod.spec.nodeName };
  const common = { kind: 'pod' as const, endpointPods: new Set([name]), ...node };
  return listeningPorts(pod).flatMap(({ protocol, port }) => {
    const scheme = schemeOfPod(pod, protocol, port);
    const remote = podIPs(pod).map((address): Destination => {
      const to = { scheme, address, port };
      return { ...common, to, about: `Pod ${name}`, labels: [...podLabels(pod, port), ...addressLabels(to)] };
    });
    const local = [...new Set(podIPs(pod).map(familyOf))].map((family): Destination => {
      const to = { scheme, address: loopbacks[family], port };
      const labels = [...(family === 'ipv4' ? ['localhost', `localhost:${port}`] : []), ...addressLabels(to)];
      return { ...common, kind: 'other', to, about: `own localhost of Pod ${name}`, labels, onlyFrom: `pod/${name}` };
    });
    return [...remote, ...local];
  });
}

function pings(topology: Topology): Destination[] {
  const { view } = topology;
  const one = (address: IP, about: string, name: string): Destination => {
    const to = { scheme: 'icmp' as const, address };
    return {
      kind: 'other',
      to,
      about,
      labels: [`ping://${address}`, name, ...addressLabels(to)],
      endpointPods: new Set(),
    };
  };
  const service = richestService(view);
  const pods = firstOfEachNode(view);
  return [
    ...(service === undefined
      ? []
      : clusterIPsOf(service).map((ip) =>
          one(ip, `ping ClusterIP ${serviceName(service)}`, `ping://svc/${service.metadata.name}`),
        )),
    ...pods.flatMap((pod) =>
      podIPs(pod).map((ip) => one(ip, `ping Pod ${podName(pod)}`, `ping://pod/${podName(pod)}`)),
    ),
    ...firstNode(view).map(({ name, ip }) => one(ip, `ping node ${name}`, `ping://${name}`)),
  ];
}

/** The first node, once for each of its addresses. */
function firstNode({ nodes: [node] }: ClusterView): readonly { readonly name: string; readonly ip: IP }[] {
  if (node === undefined) return [];
  const ips = [node.ip, ...(node.ipv6 === undefined ? [] : [node.ipv6])];
  return ips.map((ip) => ({ name: node.name, ip }));
}

/** The first Service with ClusterIPs of as many families as any. */
function richestService({ services }: ClusterView): Service | undefined {
  const most = Math.max(1, ...services.map((service) => clusterIPsOf(service).length));
  return services.find((service) => clusterIPsOf(service).length >= most);
}

function firstOfEachNode(view: ClusterView): Pod[] {
  const own = view.pods.filter((pod) => pod.spec.hostNetwork !== true && podIPs(pod).length > 0);
  return [...Map.groupBy(own, (pod) => pod.spec.nodeName).values()].flatMap((pods) => pods[0] ?? []);
}

function wrongPorts(topology: Topology): Destination[] {
  const { view } = topology;
  const one = (address: IP, about: string): Destination => {
    const to = { scheme: 'tcp' as const, address, port: wrongPort };
    return { kind: 'other', to, about: `wrong port of ${about}`, labels: addressLabels(to), endpointPods: new Set() };
  };
  const service = richestService(view);
  const pods = firstOfEachNode(view).slice(0, 1);
  return [
    ...(service === undefined ? [] : clusterIPsOf(service).map((ip) => one(ip, `ClusterIP ${serviceName(service)}`))),
    ...pods.flatMap((pod) => podIPs(pod).map((ip) => one(ip, `Pod ${podName(pod)}`))),
    ...firstNode(view).map(({ name, ip }) => one(ip, `node ${name}`)),
  ];
}

/** What destinationsOf leaves out, and why: SCTP, for which there is no probe. */
export function leftOut({ services }: ClusterView): readonly string[] {
  const ports = services.flatMap((service) =>
    (service.spec.ports ?? [])
      .filter(({ protocol }) => protocol === 'SCTP')
      .map((port) => servicePortName(service, port)),
  );
  if (ports.length === 0) return [];
  const [first, ...more] = ports;
  const others = more.length === 0 ? '' : ` and ${more.length} more`;
  return [`Left out: svclab cannot connect over SCTP (${first}${others}).`];
}

/**
 * Every way in that the lab has: of Services first, then their names, health checks, Pods, pings and wrong ports;
 * without what leftOut tells.
 */
export function destinationsOf(view: ClusterView): readonly Destination[] {
  const topology = topologyOf(view);
  const running = view.pods.filter(
    (pod) => pod.status.phase === 'Running' && pod.metadata.deletionTimestamp === undefined,
  );
  return [
    ...allClaims(view).flatMap((claim) => claimDestinations(topology, claim)),
    ...nameDestinations(view),
    ...healthChecks(topology),
    ...running.flatMap(podDestinations),
    ...pings(topology),
    ...wrongPorts(topology),
  ];
}
