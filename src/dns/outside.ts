import type { IP } from '../net/address.ts';
import type { SocketAddress } from '../net/socket-address.ts';
import { reverseName } from './reverse.ts';

/** How names outside the cluster are answered. Names are in lower case, without final dot. */
export interface Outside {
  /** Addresses of names that are known for good, as /etc/hosts or CoreDNS's hosts plugin gives them. */
  readonly hosts: ReadonlyMap<string, readonly IP[]>;
  /** Domains with servers of their own. */
  readonly stubDomains: ReadonlyMap<string, readonly SocketAddress[]>;
  /** Servers for everything else; without any, names outside get SERVFAIL, as of a CoreDNS without forward. */
  readonly upstreams: readonly SocketAddress[];
}

/** Nothing is known of the world. */
export const noOutside: Outside = { hosts: new Map(), stubDomains: new Map(), upstreams: [] };

/** The servers to ask about a name: those of the longest stub domain that it is in, otherwise the upstreams. */
export function serversFor(name: string, { stubDomains, upstreams }: Outside): readonly SocketAddress[] {
  const labels = name.toLowerCase().split('.');
  for (let at = 0; at < labels.length; at++) {
    const servers = stubDomains.get(labels.slice(at).join('.'));
    if (servers !== undefined) return servers;
  }
  return upstreams;
}

/** The fixed addresses of a name, or undefined when it has none. */
export function hostAddresses(name: string, { hosts }: Outside): readonly IP[] | undefined {
  return hosts.get(name.toLowerCase());
}

/** The names that have the fixed address which a name in a reverse zone spells. */
export function hostNames(name: string, { hosts }: Outside): readonly string[] {
  const wanted = name.toLowerCase();
  return [...hosts].flatMap(([host, addresses]) => (addresses.some((ip) => reverseName(ip) === wanted) ? host : []));
}
