import { type EndpointSlice, type SliceEndpoint, serviceNameLabel } from '../kinds/types/endpointslice.ts';
import { type Family, familyOf, hostPort, type IP, tryParseIP } from '../net/address.ts';
import type { ProxyBehaviour } from './behaviour.ts';
import { ruleProtocol, type ServicePortInfo, usesClusterEndpoints, usesLocalEndpoints } from './service-ports.ts';

/** One address and port behind a Service port. */
export interface EndpointInfo {
  readonly ip: IP;
  readonly port: number;
  /** `ip:port`, brackets around IPv6: the sort key, and part of chain names. */
  readonly text: string;
  readonly isLocal: boolean;
  readonly ready: boolean;
  readonly serving: boolean;
  readonly terminating: boolean;
  readonly zones: readonly string[];
  readonly nodes: readonly string[];
}

/** Where the proxy runs, as endpoint selection sees it. */
export interface Locality {
  readonly nodeName: string;
  /** Label `topology.kubernetes.io/zone`. */
  readonly zone: string | undefined;
}

/** The endpoints that connections of one Service port may go to. */
export interface SelectedEndpoints {
  readonly cluster: readonly EndpointInfo[];
  readonly local: readonly EndpointInfo[];
  /** Union of both. */
  readonly reachable: readonly EndpointInfo[];
  /** Whether a usable endpoint exists anywhere, also one that this node may not use. */
  readonly hasAny: boolean;
}

const none: readonly string[] = [];
const noEndpoints: readonly EndpointInfo[] = [];

/** Key of a Service that sorts by namespace and then name: `namespace name`. */
export function serviceKey(namespace: string | undefined, name: string): string {
  return `${namespace ?? 'default'} ${name}`;
}

/** The slices of the family, by serviceKey of their Service. */
export function slicesByService(
  slices: readonly EndpointSlice[],
  family: Family,
): ReadonlyMap<string, readonly EndpointSlice[]> {
  const wanted = family === 'ipv4' ? 'IPv4' : 'IPv6';
  const groups = new Map<string, EndpointSlice[]>();
  for (const slice of slices) {
    const name = slice.metadata.labels?.[serviceNameLabel];
    if (slice.addressType !== wanted || name === undefined) continue;
    const key = serviceKey(slice.metadata.namespace, name);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [slice]);
    else group.push(slice);
  }
  return groups;
}

function endpointInfo(
  endpoint: SliceEndpoint,
  port: number,
  family: Family,
  nodeName: string,
): EndpointInfo | undefined {
  const ip = tryParseIP(endpoint.addresses[0] ?? '');
  if (ip === undefined || familyOf(ip) !== family) return undefined;
  const { conditions, hints } = endpoint;
  return {
    ip,
    port,
    text: hostPort(ip, port),
    isLocal: endpoint.nodeName === nodeName,
    ready: conditions?.ready ?? true,
    serving: conditions?.serving ?? true,
    terminating: conditions?.terminating ?? false,
    zones: hints?.forZones?.map(({ name }) => name) ?? none,
    nodes: hints?.forNodes?.map(({ name }) => name) ?? none,
  };
}

/**
 * All endpoints of one Service port, each `ip:port` once, sorted by that text. Of two slices that hold the same one,
 * the first speaks, unless a later one says that it is on this node.
 */
export function endpointsOf(
  slices: readonly EndpointSlice[],
  info: Pick<ServicePortInfo, 'portName' | 'protocol'>,
  family: Family,
  nodeName: string,
): readonly EndpointInfo[] {
  const all: EndpointInfo[] = [];
  for (const slice of slices) {
    for (const { name = '', port = 0, protocol } of slice.ports ?? []) {
      if (port === 0 || name !== info.portName || ruleProtocol(protocol) !== info.protocol) continue;
      for (const given of slice.endpoints) {
        const endpoint = endpointInfo(given, port, family, nodeName);
        if (endpoint !== undefined) all.push(endpoint);
      }
    }
  }
  return isAscending(all) ? all : sortedOnce(all);
}

function isAscending(endpoints: readonly EndpointInfo[]): boolean {
  for (let at = 1; at < endpoints.length; at++) {
    if ((endpoints[at - 1]?.text ?? '') >= (endpoints[at]?.text ?? '')) return false;
  }
  return true;
}

function sortedOnce(endpoints: readonly EndpointInfo[]): readonly EndpointInfo[] {
  const found = new Map<string, EndpointInfo>();
  for (const endpoint of endpoints) {
    if (endpoint.isLocal || !found.has(endpoint.text)) found.set(endpoint.text, endpoint);
  }
  return [...found.values()].sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0));
}

type Filter = (endpoint: EndpointInfo) => boolean;

const isReady: Filter = ({ ready }) => ready;
const isServingTerminating: Filter = ({ serving, terminating }) => serving && terminating;

/** Which ready endpoints the hints leave (KEP-2433 topology aware routing, KEP-3015 PreferSameNode). */
function topologyFilter(ready: readonly EndpointInfo[], { nodeName, zone }: Locality): Filter | undefined {
  const forNode: Filter = ({ nodes }) => nodes.includes(nodeName);
  if (ready.every(({ nodes }) => nodes.length > 0) && ready.some(forNode)) return forNode;
  if (zone === undefined || zone === '') return undefined;
  const forZone: Filter = ({ zones }) => zones.includes(zone);
  return ready.every(({ zones }) => zones.length > 0) && ready.some(forZone) ? forZone : undefined;
}

function readyOrTerminating(ready: readonly EndpointInfo[], candidates: readonly EndpointInfo[], fallback: boolean) {
  return ready.length > 0 || !fallback ? ready : candidates.filter(isServingTerminating);
}

function union(cluster: readonly EndpointInfo[], local: readonly EndpointInfo[]): readonly EndpointInfo[] {
  if (local.length === 0) return cluster;
  const known = new Set(cluster);
  const more = local.filter((endpoint) => !known.has(endpoint));
  return more.length === 0 ? cluster : [...cluster, ...more];
}

/**
 * Chooses the endpoints of a Service port: ready ones that the hints allow, or, where there is none, terminating ones
 * that still serve (KEP-1669); and, for Local policies, the same among those of this node.
 */
export function selectEndpoints(
  endpoints: readonly EndpointInfo[],
  info: ServicePortInfo,
  locality: Locality,
  behaviour: ProxyBehaviour,
): SelectedEndpoints {
  const fallback = behaviour.terminatingFallback;
  let cluster = noEndpoints;
  let local = noEndpoints;
  if (usesClusterEndpoints(info)) {
    const ready = endpoints.every(isReady) ? endpoints : endpoints.filter(isReady);
    const keep = behaviour.topologyHints ? topologyFilter(ready, locality) : undefined;
    cluster = readyOrTerminating(keep === undefined ? ready : ready.filter(keep), endpoints, fallback);
  }
  if (!usesLocalEndpoints(info)) return { cluster, local, reachable: cluster, hasAny: cluster.length > 0 };
  const here = endpoints.filter(({ isLocal }) => isLocal);
  local = readyOrTerminating(here.filter(isReady), here, fallback);
  const usable: Filter = (endpoint) => endpoint.ready || (fallback && isServingTerminating(endpoint));
  return { cluster, local, reachable: union(cluster, local), hasAny: endpoints.some(usable) };
}

/** Whether internal (cluster IP) or external traffic of the port finds an endpoint on this node. */
export function hasEndpointsFor(
  info: ServicePortInfo,
  endpoints: SelectedEndpoints,
  direction: 'internal' | 'external',
): boolean {
  const local = direction === 'internal' ? info.internalPolicyLocal : info.externalPolicyLocal;
  return endpoints.hasAny && (!local || endpoints.local.length > 0);
}
