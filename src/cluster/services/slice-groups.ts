import type { Endpoints } from '../../kinds/types/endpoints.ts';
import type { EndpointSlice, SliceEndpoint } from '../../kinds/types/endpointslice.ts';
import type { Node } from '../../kinds/types/node.ts';
import type { Pod } from '../../kinds/types/pod.ts';
import type { Service } from '../../kinds/types/service.ts';
import type { Family } from '../../net/address.ts';
import { canonicalText } from '../equal.ts';
import { isListed, isOfFamily, podAddresses, podEndpoint, podPorts, type SlicePort } from './pod-endpoint.ts';

/** Endpoints that share their ports, and so may share slices. */
export interface SliceGroup {
  readonly ports: readonly SlicePort[];
  readonly endpoints: readonly SliceEndpoint[];
}

/** Text that is equal for equal ports, in whatever order they are listed. */
export function portsText(ports: readonly SlicePort[] | undefined): string {
  return (ports ?? []).map(canonicalText).sort().join();
}

function grouped(
  parts: readonly { readonly ports: readonly SlicePort[]; readonly endpoint: SliceEndpoint }[],
): readonly SliceGroup[] {
  const groups = new Map<string, { readonly ports: readonly SlicePort[]; readonly endpoints: SliceEndpoint[] }>();
  for (const { ports, endpoint } of parts) {
    const text = portsText(ports);
    const group = groups.get(text) ?? { ports, endpoints: [] };
    groups.set(text, group);
    group.endpoints.push(endpoint);
  }
  return [...groups.values()];
}

/** The Service's endpoints in one family, from the Pods that its selector selects. `nodeOf` finds a Pod's node. */
export function groupsOfPods(
  service: Service,
  pods: readonly Pod[],
  family: Family,
  nodeOf: (name: string) => Node | undefined,
): readonly SliceGroup[] {
  const listed = pods.filter((pod) => isListed(pod) && podAddresses(pod, family).length > 0);
  return grouped(
    listed.map((pod) => ({
      ports: podPorts(service, pod),
      endpoint: podEndpoint(service, pod, nodeOf(pod.spec.nodeName ?? ''), family),
    })),
  );
}

type EndpointsAddress = NonNullable<NonNullable<Endpoints['subsets']>[number]['addresses']>[number];

function mirrored({ ip, hostname, nodeName, targetRef }: EndpointsAddress, ready: boolean): SliceEndpoint {
  return {
    addresses: [ip],
    conditions: { ready },
    ...(hostname === undefined ? {} : { hostname }),
    ...(nodeName === undefined ? {} : { nodeName }),
    ...(targetRef === undefined ? {} : { targetRef }),
  };
}

/** The endpoints of a hand-made Endpoints object in one family; at most 1000 of a subset, as Kubernetes mirrors them. */
export function groupsOfEndpoints(endpoints: Endpoints, family: Family): readonly SliceGroup[] {
  return grouped(
    (endpoints.subsets ?? []).flatMap(({ addresses = [], notReadyAddresses = [], ports = [] }) => {
      const all = [
        ...addresses.map((address) => mirrored(address, true)),
        ...notReadyAddresses.map((address) => mirrored(address, false)),
      ];
      const slicePorts = ports.map(({ name = '', port, protocol }) => ({ name, port, protocol }));
      const ofFamily = all.filter(({ addresses: [ip = ''] }) => isOfFamily(ip, family));
      return ofFamily.slice(0, 1000).map((endpoint) => ({ ports: slicePorts, endpoint }));
    }),
  );
}

/** Most endpoints that a slice holds (kube-controller-manager --max-endpoints-per-slice). */
const sliceLimit = 100;

/** What a slice shall hold; a new one where `slice` is absent. */
export interface SlicePlan extends SliceGroup {
  readonly slice: EndpointSlice | undefined;
}

function identity({ targetRef, addresses }: SliceEndpoint): string {
  return targetRef?.uid ?? targetRef?.name ?? addresses[0] ?? '';
}

function sortName({ targetRef, addresses }: SliceEndpoint): string {
  return `${targetRef?.name ?? ''}/${addresses[0] ?? ''}`;
}

function byName(a: SliceEndpoint, b: SliceEndpoint): number {
  return sortName(a) < sortName(b) ? -1 : 1;
}

function distributeGroup({ ports, endpoints }: SliceGroup, slices: readonly EndpointSlice[]): readonly SlicePlan[] {
  const wanted = new Map(endpoints.map((endpoint) => [identity(endpoint), endpoint]));
  const plans = slices.map((slice) => ({
    slice: slice as EndpointSlice | undefined,
    endpoints: [] as SliceEndpoint[],
  }));
  for (const plan of plans) {
    for (const endpoint of plan.slice?.endpoints ?? []) {
      const current = wanted.get(identity(endpoint));
      if (current !== undefined) plan.endpoints.push(current);
      wanted.delete(identity(endpoint));
    }
  }
  const rest = [...wanted.values()].sort(byName);
  const fullestFirst = plans.toSorted((a, b) => b.endpoints.length - a.endpoints.length);
  for (const plan of fullestFirst) plan.endpoints.push(...rest.splice(0, sliceLimit - plan.endpoints.length));
  while (rest.length > 0) plans.push({ slice: undefined, endpoints: rest.splice(0, sliceLimit) });
  const used = plans.filter((plan) => plan.endpoints.length > 0);
  return used.map((plan) => ({ slice: plan.slice, ports, endpoints: plan.endpoints.sort(byName) }));
}

/**
 * Spreads the groups over slices of at most 100 endpoints. An endpoint stays in the slice it is in, so that a change of
 * one Pod changes one slice. Without endpoints, one empty slice stands for the Service.
 */
export function distribute(groups: readonly SliceGroup[], existing: readonly EndpointSlice[]): readonly SlicePlan[] {
  const slicesOf = Map.groupBy(existing, (slice) => portsText(slice.ports));
  const wanted = new Set(groups.map(({ ports }) => portsText(ports)));
  const spare = existing.filter((slice) => !wanted.has(portsText(slice.ports)));
  const plans = groups.flatMap((group) => {
    const same = slicesOf.get(portsText(group.ports)) ?? [];
    return distributeGroup(group, same.length > 0 ? same : spare.splice(0, 1));
  });
  return plans.length > 0 ? plans : [{ slice: existing[0], ports: [], endpoints: [] }];
}
