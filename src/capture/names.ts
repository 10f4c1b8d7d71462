import type { LabStatus } from '../api/types.ts';
import type { Pod } from '../kinds/types/pod.ts';
import type { Service } from '../kinds/types/service.ts';
import { podIPs, podName } from '../model/topology.ts';
import { cidrAddress, nthAddress, tryParseCidr, tryParseIP } from '../net/address.ts';
import { fabricPort, podVeth } from '../plan/names.ts';

/** Whose addresses and links they are, in the words of the comments on frames. */
export interface CaptureNames {
  /** `Pod default/web`, `Service default/web (ClusterIP)`, `node1`…; undefined for an address that nobody has. */
  readonly address: (ip: string, port?: number) => string | undefined;
  /** What is at the other end of a link: `Pod default/web`, `node1`, `client laptop`; undefined for other links. */
  readonly link: (name: string) => string | undefined;
}

interface Known {
  readonly pods: readonly Pod[];
  readonly services: readonly Service[];
  readonly nodes: LabStatus['nodes'];
  readonly clients: LabStatus['clients'];
}

function serviceAddresses(service: Service): [string, string][] {
  const name = `Service ${service.metadata.namespace ?? 'default'}/${service.metadata.name}`;
  const { clusterIPs = [], clusterIP, externalIPs = [] } = service.spec;
  const ingress = service.status?.loadBalancer?.ingress ?? [];
  return [
    ...[...clusterIPs, clusterIP ?? ''].map((ip): [string, string] => [ip, `${name} (ClusterIP)`]),
    ...externalIPs.map((ip): [string, string] => [ip, `${name} (externalIP)`]),
    ...ingress.map(({ ip = '' }): [string, string] => [ip, `${name} (load balancer IP)`]),
  ];
}

function nodeAddresses({ name, ip, ipv6, lease }: LabStatus['nodes'][number]): [string, string][] {
  const subnets = [lease.subnet, lease.ipv6Subnet ?? ''].flatMap((text) => tryParseCidr(text) ?? []);
  return [
    [ip, name],
    ...(ipv6 === undefined ? [] : [[ipv6, name] as [string, string]]),
    ...subnets.flatMap((subnet): [string, string][] => [
      [nthAddress(subnet, 1), `${name} (Pods' bridge)`],
      [cidrAddress(subnet), `${name} (overlay)`],
    ]),
  ];
}

function clientAddresses({ name, ip, ips = [] }: LabStatus['clients'][number]): [string, string][] {
  return [ip, ...ips].map((one) => [one, `client ${name}`]);
}

/** The nodePorts of all Services, each with the Service's name. */
function nodePortsOf(services: readonly Service[]): ReadonlyMap<number, string> {
  const found = services.flatMap(({ metadata, spec }) =>
    (spec.ports ?? []).flatMap(({ nodePort }): [number, string][] =>
      nodePort === undefined ? [] : [[nodePort, `${metadata.namespace ?? 'default'}/${metadata.name}`]],
    ),
  );
  return new Map(found);
}

/** The names of a lab's addresses and links. Of several names for one address a Pod's wins. */
export function captureNames({ pods, services, nodes, clients }: Known): CaptureNames {
  const guests = pods.filter(({ spec }) => spec.hostNetwork !== true);
  const addresses = new Map<string, string>([
    ...clients.flatMap(clientAddresses),
    ...services.flatMap(serviceAddresses),
    ...nodes.flatMap(nodeAddresses),
    ...guests.flatMap((pod) => podIPs(pod).map((ip): [string, string] => [ip, `Pod ${podName(pod)}`])),
  ]);
  const nodeIPs = new Set(nodes.flatMap(({ ip, ipv6 }) => (ipv6 === undefined ? [ip] : [ip, ipv6])));
  const nodePorts = nodePortsOf(services);
  const links = new Map<string, string>([
    ...nodes.map(({ name }): [string, string] => [fabricPort('node', name), name]),
    ...clients.map(({ name }): [string, string] => [fabricPort('client', name), `client ${name}`]),
    ...guests.map((pod): [string, string] => [podVeth(pod), `Pod ${podName(pod)}`]),
  ]);
  return {
    address: (text, port) => {
      const ip = tryParseIP(text) ?? text;
      const name = addresses.get(ip);
      const service = port === undefined || !nodeIPs.has(ip) ? undefined : nodePorts.get(port);
      return service === undefined ? name : `${name}, nodePort of Service ${service}`;
    },
    link: (name) => links.get(name),
  };
}
