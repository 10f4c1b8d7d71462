import type { EndpointSlice, Service } from '../kinds/types.ts';
import { behaviours, type ProxyBehaviour } from './behaviour.ts';
import { type EndpointInfo, endpointsOf, type Locality, serviceKey, slicesByService } from './endpoints.ts';
import { type ServicePortInfo, servicePorts } from './service-ports.ts';
import type { ProxyInput } from './types.ts';

/** A Service port and all endpoints behind it, before any is chosen. */
export interface PortWithEndpoints {
  readonly info: ServicePortInfo;
  readonly endpoints: readonly EndpointInfo[];
}

/** A Service that the proxy handles, with its ports. */
export interface ServiceWithPorts {
  readonly service: Service;
  readonly slices: readonly EndpointSlice[];
  readonly ports: readonly PortWithEndpoints[];
}

const noSlices: readonly EndpointSlice[] = [];

/** The node's name and zone as endpoint selection uses them; hostnameOverride replaces the name. */
export function locality({ node, config }: ProxyInput): Locality {
  return { nodeName: config.hostnameOverride ?? node.name, zone: node.labels['topology.kubernetes.io/zone'] };
}

function sameSlices(a: readonly EndpointSlice[], b: readonly EndpointSlice[]): boolean {
  return a.length === b.length && a.every((slice, at) => slice === b[at]);
}

function sortKey({ metadata }: Service): string {
  return `${metadata.namespace ?? 'default'} ${metadata.name}`;
}

function sorted(services: readonly Service[]): readonly Service[] {
  const keyed = services.map((service) => ({ service, key: sortKey(service) }));
  return keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)).map(({ service }) => service);
}

function readService(service: Service, slices: readonly EndpointSlice[], input: ProxyInput, behaviour: ProxyBehaviour) {
  const { nodeName } = locality(input);
  const ports = servicePorts(service, input.family, behaviour).map((info) => ({
    info,
    endpoints: endpointsOf(slices, info, input.family, nodeName),
  }));
  return { service, slices, ports };
}

/**
 * Reads the Services and slices of an input, sorted by namespace and name. The returned function remembers its last
 * answer: a Service that is the same object with the same slices gives the same object again.
 */
export function createServiceReader(): (input: ProxyInput) => readonly ServiceWithPorts[] {
  let known: ReadonlyMap<Service, ServiceWithPorts> = new Map();
  let last: ProxyInput | undefined;
  return (input) => {
    const behaviour = behaviours[input.release];
    if (last?.release !== input.release || last.family !== input.family || last.node !== input.node) known = new Map();
    if (last?.config !== input.config) known = new Map();
    last = input;
    const groups = slicesByService(input.slices, input.family);
    const read = sorted(input.services).map((service) => {
      const slices = groups.get(serviceKey(service.metadata.namespace, service.metadata.name)) ?? noSlices;
      const before = known.get(service);
      if (before !== undefined && sameSlices(before.slices, slices)) return before;
      return readService(service, slices, input, behaviour);
    });
    known = new Map(read.map((entry) => [entry.service, entry]));
    return read;
  };
}
