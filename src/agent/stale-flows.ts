import type { IP } from '../net/address.ts';
import type { UDPEntry } from '../proxy/conntrack.ts';
import { type PortWithEndpoints, portsOfInput } from '../proxy/ports-of-input.ts';
import type { ProxyInput, ProxyRelease } from '../proxy/types.ts';

/** One UDP port of a Service, and who is behind it. */
export interface UDPPort {
  /** `namespace name portName`. */
  readonly key: string;
  readonly clusterIP: IP;
  readonly otherFronts: readonly IP[];
  /** 0 when there is none. */
  readonly nodePort: number;
  /** `ip:port` of ready endpoints, and their IPs. */
  readonly ready: ReadonlyMap<string, IP>;
  /** All that cleaning depends on, as text, to be compared. */
  readonly endpoints: string;
}

function udpPort({ info, endpoints }: PortWithEndpoints): UDPPort {
  return {
    key: `${info.namespace} ${info.name} ${info.portName}`,
    clusterIP: info.clusterIP,
    otherFronts: [...info.externalIPs, ...info.loadBalancerVIPs],
    nodePort: info.nodePort,
    ready: new Map(endpoints.filter(({ ready }) => ready).map(({ text, ip }) => [text, ip])),
    endpoints: endpoints.map(({ text, ready, serving }) => `${text} ${ready} ${serving}`).join(),
  };
}

/** The UDP ports of all Services that the proxy handles, by key. */
export function udpPorts(input: ProxyInput): ReadonlyMap<string, UDPPort> {
  const ports = portsOfInput(input).filter(({ info }) => info.protocol === 'udp');
  return new Map(ports.map(udpPort).map((port) => [port.key, port]));
}

type Ports = ReadonlyMap<string, UDPPort>;

/** Whether the endpoints of any UDP port differ; only then are connections looked through. */
export function udpEndpointsChanged(before: Ports, after: Ports): boolean {
  const keys = new Set([...before.keys(), ...after.keys()]);
  return [...keys].some((key) => (before.get(key)?.endpoints ?? '') !== (after.get(key)?.endpoints ?? ''));
}

/** Whether a nodePort is new, which makes releases that hold nodePorts look through connections, too. */
export function newNodePorts(before: Ports, after: Ports): readonly number[] {
  const known = new Set([...before.values()].map(({ nodePort }) => nodePort));
  return [...after.values()].map(({ nodePort }) => nodePort).filter((port) => port !== 0 && !known.has(port));
}

interface Marks {
  /** `ip` or `port`: everything to there goes; `ip source`, `port source`: what this endpoint answers goes. */
  readonly keys: Set<string>;
  /** Release 1.8 knows the ClusterIP only. */
  readonly all: boolean;
}

function fronts({ clusterIP, otherFronts, nodePort }: UDPPort, { all }: Marks): string[] {
  if (!all) return [clusterIP];
  return [clusterIP, ...otherFronts, ...(nodePort === 0 ? [] : [`port ${nodePort}`])];
}

function markPort(before: UDPPort | undefined, after: UDPPort, marks: Marks): void {
  const old = before?.ready ?? new Map<string, IP>();
  if (old.size === 0 && after.ready.size > 0) for (const front of fronts(after, marks)) marks.keys.add(front);
  for (const [text, ip] of old) {
    if (after.ready.has(text)) continue;
    for (const front of fronts(after, marks)) marks.keys.add(`${front} ${ip}`);
  }
}

/**
 * Tells which UDP connections releases before 1.32 delete after a sync that turned `before` into `after`: those to the
 * ClusterIP of a Service that went, to any address of one that got its first endpoint, to any address of one that lost
 * the endpoint which answers, and to a nodePort that is new. Addresses count without their ports, as in `conntrack -D
 * --orig-dst IP --dst-nat ENDPOINT`. Release 1.8 looks at ClusterIPs only.
 * Source: pkg/proxy/iptables/proxier.go (deleteEndpointConnections), pkg/util/conntrack.
 */
export function staleClassicEntries(before: Ports, after: Ports, release: ProxyRelease): (entry: UDPEntry) => boolean {
  const marks: Marks = { keys: new Set(), all: release !== '1.8' };
  for (const [key, { clusterIP }] of before) if (!after.has(key)) marks.keys.add(clusterIP);
  for (const [key, port] of after) markPort(before.get(key), port, marks);
  for (const port of newNodePorts(before, after)) marks.keys.add(`port ${port}`);
  return ({ originalDestination, originalPort, replySource }) =>
    [originalDestination, `port ${originalPort}`].some(
      (front) => marks.keys.has(front) || marks.keys.has(`${front} ${replySource}`),
    );
}
