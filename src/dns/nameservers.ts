import { endpointName } from './endpoint-name.ts';
import type { DnsOptions } from './options.ts';
import type { Zone } from './zone.ts';

/** A name server of the zone: its name without the zone, and one of its addresses. */
export interface NameServer {
  readonly name: string;
  readonly address: string;
}

/** Name of the server, without the zone, where no Service has it as an endpoint. */
export const defaultNameServer = 'ns.dns';

/**
 * The servers of a zone: the Services that have the server's own address as a ready endpoint; the server itself, as
 * ns.dns, when there is none (CoreDNS, nsAddrs).
 */
export function nameServers(zone: Zone, { localIPs }: DnsOptions): readonly NameServer[] {
  const slices = localIPs.flatMap((ip) => zone.withEndpoint(ip));
  const found = slices.flatMap((slice) => {
    const service = zone.service(slice.namespace, slice.service);
    if (service === undefined) return [];
    const name = `${service.name}.${service.namespace}.svc`;
    if (service.clusterIPs.length > 0) return service.clusterIPs.map((address) => ({ name, address }));
    return slice.addresses.map((one) => ({ name: `${endpointName(one)}.${name}`, address: one.ip }));
  });
  if (slices.length > 0) return [...new Map(found.map((one) => [`${one.name} ${one.address}`, one])).values()];
  return localIPs.map((address) => ({ name: defaultNameServer, address }));
}
