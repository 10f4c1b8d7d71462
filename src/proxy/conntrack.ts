import type { IP } from '../net/address.ts';
import { type PortWithEndpoints, portsOfInput } from './ports-of-input.ts';
import type { ProxyInput } from './types.ts';

/** A UDP entry of connection tracking, as `conntrack -L -p udp` lists it. */
export interface UDPEntry {
  /** First `dst=` and `dport=`: where the client sent to. */
  readonly originalDestination: IP;
  readonly originalPort: number;
  /** Second `src=`: who answers. */
  readonly replySource: IP;
}

function fronts({ info }: PortWithEndpoints): readonly string[] {
  const addresses = [info.clusterIP, ...info.externalIPs, ...info.loadBalancerVIPs].map((ip) => `${ip} ${info.port}`);
  return info.nodePort === 0 ? addresses : [...addresses, `node ${info.nodePort}`];
}

/**
 * Tells which UDP entries lead past the endpoints that serve now, and are to be deleted after a sync: those to an
 * address of a Service with serving endpoints whose answers come from somewhere else. Covers both an endpoint that went
 * and a Service that got its first one. TCP and SCTP entries are never deleted. Source: kube-proxy 1.32 and later.
 */
export function staleUDPEntries(input: ProxyInput): (entry: UDPEntry) => boolean {
  const serving = new Map<string, Set<IP>>();
  for (const port of portsOfInput(input)) {
    const ips = port.endpoints.filter((endpoint) => endpoint.serving).map(({ ip }) => ip);
    if (port.info.protocol !== 'udp' || ips.length === 0) continue;
    for (const front of fronts(port)) serving.set(front, new Set([...(serving.get(front) ?? []), ...ips]));
  }
  return ({ originalDestination, originalPort, replySource }) => {
    const ips = serving.get(`${originalDestination} ${originalPort}`) ?? serving.get(`node ${originalPort}`);
    return ips !== undefined && !ips.has(replySource);
  };
}
