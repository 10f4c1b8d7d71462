import type { EndpointSlice } from '../kinds/types/endpointslice.ts';
import type { Service } from '../kinds/types/service.ts';
import { behaviours } from './behaviour.ts';
import { endpointsOf, type Locality, serviceKey, slicesByService } from './endpoints.ts';
import { servicePorts } from './service-ports.ts';
import type { ProxyInput } from './types.ts';

/** A Service and the slices of its endpoints in one family. */
export interface ServiceWithSlices {
  readonly service: Service;
  readonly slices: readonly EndpointSlice[];
}

const noSlices: readonly EndpointSlice[] = [];

/** The node's name and zone as endpoint selection uses them; hostnameOverride replaces the name. */
export function locality({ node, config }: ProxyInput): Locality {
  return { nodeName: config.hostnameOverride ?? node.name, zone: node.labels['topology.kubernetes.io/zone'] };
}

/** The Services sorted by namespace and name, each with its slices of the input's family. */
export function servicesWithSlices(input: ProxyInput): readonly ServiceWithSlices[] {
  const groups = slicesByService(input.slices, input.family);
  const keyed = input.services.map((service) => {
    const key = serviceKey(service.metadata.namespace, service.metadata.name);
    return { key, service, slices: groups.get(key) ?? noSlices };
  });
  const isSorted = keyed.every(({ key }, at) => at === 0 || (keyed[at - 1]?.key ?? '') <= key);
  return isSorted ? keyed : keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
}

function endpointCount({ service, slices }: ServiceWithSlices, input: ProxyInput): number {
  if (slices.length === 0) return 0;
  const { nodeName } = locality(input);
  const behaviour = behaviours[input.release];
  let count = 0;
  for (const info of servicePorts(service, input.family, behaviour)) {
    const endpoints = endpointsOf(slices, info, input.family, nodeName);
    count += behaviour.countsUnready ? endpoints.length : endpoints.filter(({ ready }) => ready).length;
  }
  return count;
}

/** Whether the Services have more endpoints than the limit, all of their ports together. */
export function hasMoreEndpoints(services: readonly ServiceWithSlices[], limit: number, input: ProxyInput): boolean {
  let count = 0;
  for (const service of services) {
    count += endpointCount(service, input);
    if (count > limit) return true;
  }
  return false;
}

/** What was made of Services, to be used again for those that did not change. */
export interface ServiceMemory<T> {
  /** Makes or recalls the value of every Service. With `forget`, everything is made anew. */
  readonly recall: (
    services: readonly ServiceWithSlices[],
    forget: boolean,
    make: (service: ServiceWithSlices) => T,
  ) => readonly T[];
}

function sameSlices(a: readonly EndpointSlice[], b: readonly EndpointSlice[]): boolean {
  return a === b || (a.length === b.length && a.every((slice, at) => slice === b[at]));
}

/** A memory without content. A Service that is the same object with the same slices gives the same value. */
export function createServiceMemory<T>(): ServiceMemory<T> {
  let known = new Map<Service, { readonly slices: readonly EndpointSlice[]; readonly value: T }>();
  return {
    recall: (services, forget, make) => {
      const before = known;
      known = new Map();
      return services.map((entry) => {
        const old = forget ? undefined : before.get(entry.service);
        const same = old !== undefined && sameSlices(old.slices, entry.slices) ? old : undefined;
        const found = same ?? { slices: entry.slices, value: make(entry) };
        known.set(entry.service, found);
        return found.value;
      });
    },
  };
}

/** Whether two inputs differ in anything that the rules of an unchanged Service depend on. */
export function differsForAll(a: ProxyInput | undefined, b: ProxyInput): boolean {
  if (a === undefined || a.release !== b.release || a.family !== b.family) return true;
  return a.config !== b.config || !sameNode(a.node, b.node);
}

function sameNode(a: ProxyInput['node'], b: ProxyInput['node']): boolean {
  if (a === b) return true;
  const same = (x: readonly string[], y: readonly string[]): boolean =>
    x.length === y.length && x.every((item, at) => item === y[at]);
  const zone = 'topology.kubernetes.io/zone';
  return a.name === b.name && same(a.ips, b.ips) && same(a.podCIDRs, b.podCIDRs) && a.labels[zone] === b.labels[zone];
}
