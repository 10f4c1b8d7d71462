import type { ClusterView } from '../cluster/view.ts';
import type { Service, ServicePort } from '../kinds/types/service.ts';
import { clusterIPsOf, serviceName } from '../model/claims.ts';
import { schemeOfService } from '../model/scheme.ts';
import { formatTo } from '../model/target.ts';
import { type Topology, topologyOf } from '../model/topology.ts';
import type { NamedTo } from '../model/types.ts';
import { familyOf } from '../net/address.ts';
import type { Destination } from './destination.ts';

const httpPort = 80;

function schemeOf(topology: Topology, service: Service, port: ServicePort | undefined): NamedTo['scheme'] {
  const [ip] = clusterIPsOf(service);
  if (port === undefined) return 'http';
  return schemeOfService(topology, service, port, ip === undefined ? 'ipv4' : familyOf(ip));
}

function namesOf(service: Service, clusterDomain: string): readonly (readonly [string, string])[] {
  const { name, namespace = 'default' } = service.metadata;
  return [
    ['short name', name],
    ['name.namespace', `${name}.${namespace}`],
    ['full name', `${name}.${namespace}.svc.${clusterDomain}`],
  ];
}

function labelsOf(service: Service, to: NamedTo): readonly string[] {
  const { name, namespace = 'default' } = service.metadata;
  const objects = [`svc/${namespace}/${name}`, ...(namespace === 'default' ? [`svc/${name}`] : [])];
  return [...objects, ...objects.map((one) => `${one}:${to.port}`), to.name, `${to.name}:${to.port}`, formatTo(to)];
}

/**
 * Every Service by its short name, by name.namespace and in full, each at its first port, in a lab with cluster DNS.
 * ExternalName and headless Services have names like all others.
 */
export function nameDestinations(view: ClusterView): readonly Destination[] {
  const { dns } = view.lab;
  if (dns === false) return [];
  const topology = topologyOf(view);
  return view.services.flatMap((service) => {
    const ports = service.spec.ports ?? [];
    const port = ports.find(({ protocol }) => protocol !== 'SCTP');
    if (port === undefined && ports.length > 0) return [];
    const scheme = schemeOf(topology, service, port);
    return namesOf(service, dns.clusterDomain).map(([form, name]): Destination => {
      const to = { scheme, name, port: port?.port ?? httpPort };
      const about = `${form} of ${serviceName(service)}`;
      return { kind: 'name', to, about, labels: labelsOf(service, to), endpointPods: new Set() };
    });
  });
}
