import type { Container } from '../kinds/types/container.ts';
import type { Service, ServicePort } from '../kinds/types/service.ts';
import { hostPort, type IP } from '../net/address.ts';
import { expand } from './expand.ts';

/** Variables by name. */
export type Environment = Readonly<Record<string, string>>;

function linkVariables(prefix: string, ip: string, { port, protocol }: ServicePort): [string, string][] {
  const url = `${protocol.toLowerCase()}://${hostPort(ip as IP, port)}`;
  const name = `${prefix}_PORT_${port}_${protocol}`;
  return [
    [name, url],
    [`${name}_PROTO`, protocol.toLowerCase()],
    [`${name}_PORT`, String(port)],
    [`${name}_ADDR`, ip],
  ];
}

function variablesOf({ metadata, spec }: Service): [string, string][] {
  const { clusterIP, ports = [] } = spec;
  const [first] = ports;
  if (clusterIP === undefined || clusterIP === '' || clusterIP === 'None' || first === undefined) return [];
  const prefix = metadata.name.toUpperCase().replaceAll('-', '_');
  const named = ports.flatMap(({ name, port }): [string, string][] =>
    name === undefined || name === ''
      ? []
      : [[`${prefix}_SERVICE_PORT_${name.toUpperCase().replaceAll('-', '_')}`, String(port)]],
  );
  return [
    [`${prefix}_SERVICE_HOST`, clusterIP],
    [`${prefix}_SERVICE_PORT`, String(first.port)],
    ...named,
    [`${prefix}_PORT`, `${first.protocol.toLowerCase()}://${hostPort(clusterIP as IP, first.port)}`],
    ...ports.flatMap((port) => linkVariables(prefix, clusterIP, port)),
  ];
}

/**
 * The variables that kubelet gives to containers for the Services of their namespace, and for default/kubernetes:
 * `WEB_SERVICE_HOST`, `WEB_SERVICE_PORT`, and the older form of Docker links. `links` is the Pod's enableServiceLinks;
 * without it only default/kubernetes has variables.
 */
export function serviceEnvironment(services: readonly Service[], namespace: string, links = true): Environment {
  const master = services.filter(({ metadata }) => metadata.namespace === 'default' && metadata.name === 'kubernetes');
  const own = links ? services.filter((service) => service.metadata.namespace === namespace) : [];
  return Object.fromEntries([...master, ...own].flatMap(variablesOf));
}

/** The container's variables: those given, then its own `env:`, whose values may name any that stand before them. */
export function containerEnvironment(container: Container, given: Environment): Environment {
  const variables = new Map(Object.entries(given));
  for (const { name, value = '' } of container.env ?? []) {
    variables.set(
      name,
      expand(value, (other) => variables.get(other)),
    );
  }
  return Object.fromEntries(variables);
}
