import type { ClusterView, NodeView } from '../cluster/view.ts';
import { type EndpointSlice, serviceNameLabel } from '../kinds/types/endpointslice.ts';
import type { Service, ServicePort } from '../kinds/types/service.ts';
import { type Family, hostPort, type IP, tryParseIP } from '../net/address.ts';
import { isWatched } from './settings.ts';

/** One address and port that a Service's connections may be sent to. */
export interface ServiceEndpoint {
  readonly ip: IP;
  readonly port: number;
  readonly node?: string;
  readonly ready: boolean;
  /** Terminating, but still answering. */
  readonly servingLast: boolean;
  readonly hintedZones: readonly string[];
  readonly hintedNodes: readonly string[];
}

/** What of a Service's endpoints may be used from one node. */
export interface Selection {
  /** For traffic policy Cluster. */
  readonly cluster: readonly ServiceEndpoint[];
  /** For traffic policy Local: those on this node. */
  readonly local: readonly ServiceEndpoint[];
  /** Whether there is any usable endpoint in the whole cluster. */
  readonly any: boolean;
  /** Why not all ready endpoints are in `cluster`, when some are left out. */
  readonly narrowed?: 'same node' | 'same zone' | 'terminating';
}

const slicesByView = new WeakMap<ClusterView, Map<string, readonly EndpointSlice[]>>();

function slicesOf(view: ClusterView, service: Service): readonly EndpointSlice[] {
  let index = slicesByView.get(view);
  if (index === undefined) {
    const visible = view.slices.filter((slice) => isWatched(view, slice));
    index = Map.groupBy(visible, (s) => `${s.metadata.namespace}/${s.metadata.labels?.[serviceNameLabel]}`);
    slicesByView.set(view, index);
  }
  return index.get(`${service.metadata.namespace}/${service.metadata.name}`) ?? [];
}

function endpointsOfSlice(slice: EndpointSlice, port: ServicePort): ServiceEndpoint[] {
  const numbers = (slice.ports ?? []).filter(
    (p) => (p.name ?? '') === (port.name ?? '') && (p.protocol ?? 'TCP') === port.protocol,
  );
  return numbers.flatMap(({ port: number }) =>
    number === undefined || number === 0 ? [] : slice.endpoints.flatMap((entry) => endpointOf(entry, number)),
  );
}

function endpointOf(entry: EndpointSlice['endpoints'][number], port: number): ServiceEndpoint[] {
  const ip = tryParseIP(entry.addresses[0] ?? '');
  if (ip === undefined) return [];
  const { ready = true, serving = ready, terminating = false } = entry.conditions ?? {};
  return [
    {
      ip,
      port,
      ready,
      servingLast: serving && terminating,
      hintedZones: entry.hints?.forZones?.map((zone) => zone.name) ?? [],
      hintedNodes: entry.hints?.forNodes?.map((node) => node.name) ?? [],
      ...(entry.nodeName === undefined ? {} : { node: entry.nodeName }),
    },
  ];
}

/**
 * All endpoints of one port of a Service, as a node sees them, ordered by `ip:port` as text. An `ip:port` that several
 * slices name counts once; the entry that places it on this node wins.
 */
export function endpointsOf(
  view: ClusterView,
  service: Service,
  port: ServicePort,
  family: Family,
  node: NodeView,
): readonly ServiceEndpoint[] {
  const byAddress = new Map<string, ServiceEndpoint>();
  for (const slice of slicesOf(view, service)) {
    if (slice.addressType.toLowerCase() !== family) continue;
    for (const endpoint of endpointsOfSlice(slice, port)) {
      const key = hostPort(endpoint.ip, endpoint.port);
      if (!byAddress.has(key) || endpoint.node === node.name) byAddress.set(key, endpoint);
    }
  }
  return [...byAddress].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, endpoint]) => endpoint);
}

/** Whether a ready endpoint of any port is on the node: what the health check of externalTrafficPolicy Local tells. */
export function hasReadyEndpoint(view: ClusterView, service: Service, family: Family, node: NodeView): boolean {
  return slicesOf(view, service).some(
    ({ addressType, ports = [], endpoints }) =>
      addressType.toLowerCase() === family &&
      ports.some(({ port = 0 }) => port > 0) &&
      endpoints.some(({ nodeName, conditions }) => nodeName === node.name && (conditions?.ready ?? true)),
  );
}

function nearest(ready: readonly ServiceEndpoint[], node: NodeView): Pick<Selection, 'cluster' | 'narrowed'> {
  const zone = node.zone ?? node.labels['topology.kubernetes.io/zone'];
  const onNode = ready.filter((endpoint) => endpoint.hintedNodes.includes(node.name));
  if (onNode.length > 0 && ready.every((endpoint) => endpoint.hintedNodes.length > 0)) {
    return narrow(ready, onNode, 'same node');
  }
  const inZone = ready.filter((endpoint) => zone !== undefined && endpoint.hintedZones.includes(zone));
  if (inZone.length > 0 && ready.every((endpoint) => endpoint.hintedZones.length > 0)) {
    return narrow(ready, inZone, 'same zone');
  }
  return { cluster: ready };
}

function narrow(all: readonly ServiceEndpoint[], kept: readonly ServiceEndpoint[], why: 'same node' | 'same zone') {
  return kept.length === all.length ? { cluster: kept } : { cluster: kept, narrowed: why };
}

/**
 * Which endpoints a node may use: ready ones, narrowed by topology hints (KEP-2433, KEP-3015); when there is none,
 * terminating ones that still serve (KEP-1669). Hints and that fallback are younger than releases 1.8 and 1.20.
 */
export function selectEndpoints(all: readonly ServiceEndpoint[], node: NodeView, modern: boolean): Selection {
  const ready = all.filter((endpoint) => endpoint.ready);
  const last = modern ? all.filter((endpoint) => endpoint.servingLast) : [];
  const here = (endpoint: ServiceEndpoint) => endpoint.node === node.name;
  const local = ready.some(here) ? ready.filter(here) : last.filter(here);
  const any = ready.length + last.length > 0;
  if (ready.length === 0) {
    return { cluster: last, local, any, ...(last.length > 0 ? { narrowed: 'terminating' as const } : {}) };
  }
  return { ...(modern ? nearest(ready, node) : { cluster: ready }), local, any };
}
