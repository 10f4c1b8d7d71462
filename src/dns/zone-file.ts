import { familyOf, ipToBigInt } from '../net/address.ts';
import { answer } from './answer.ts';
import { endpointName } from './endpoint-name.ts';
import type { DnsOptions } from './options.ts';
import { recordText, type ZoneRecord } from './records.ts';
import { reverseName, reverseZones } from './reverse.ts';
import type { Zone } from './zone.ts';
import type { ZoneService } from './zone-item.ts';

/** Names of a Service that have records: its own, its named ports', its endpoints'. With the types to ask for. */
function namesOf(service: ZoneService, zone: Zone): readonly (readonly [name: string, types: readonly string[]])[] {
  const own = `${service.name}.${service.namespace}.svc`;
  if (service.externalName !== undefined) return [[own, ['CNAME']]];
  const slices = [...zone.endpoints(service.namespace, service.name)];
  const isHeadless = service.clusterIPs.length === 0;
  const ports = isHeadless ? slices.flatMap((slice) => slice.ports) : service.ports;
  const named = ports
    .filter(({ name }) => name !== '')
    .map(({ name, protocol }) => `_${name}._${protocol.toLowerCase()}.${own}`);
  const endpoints = isHeadless ? slices.flatMap(({ addresses }) => addresses.map(endpointName)) : [];
  return [
    [own, ['A', 'AAAA', 'SRV']],
    ...[...new Set(named)].map((name) => [name, ['SRV']] as const),
    ...[...new Set(endpoints)].map((name) => [`${name}.${own}`, ['A', 'AAAA']] as const),
  ];
}

/** Names of the zones that a cluster has: its domain first, then those of addresses. */
export function zoneNames({ clusterDomain }: DnsOptions): readonly string[] {
  return [clusterDomain, ...reverseZones];
}

/** A record as a line of a zone file, with its class. */
function line(record: ZoneRecord): string {
  return recordText(record).replace(/^(\S+ \d+) /, '$1 IN ');
}

/** SOA and NS of a zone, and the addresses of its servers. */
function apex(zoneName: string, zone: Zone, options: DnsOptions): readonly string[] {
  const ask = (type: string) => answer({ labels: zoneName.split('.'), type }, zone, options);
  const [soa, ns] = [ask('SOA'), ask('NS')];
  if (soa === 'next' || ns === 'next') return [];
  return [`$ORIGIN ${zoneName}.`, ...[...soa.answers, ...ns.answers, ...ns.additionals].map(line)];
}

/** A Service's records: its own, its named ports', its endpoints'. */
function forwardRecords(zone: Zone, options: DnsOptions, namespace: string | undefined): readonly string[] {
  const lines = (name: string, type: string): readonly string[] => {
    const given = answer({ labels: `${name}.${options.clusterDomain}`.split('.'), type }, zone, options);
    return given === 'next' ? [] : given.answers.map(line);
  };
  const services = zone.services().filter((service) => namespace === undefined || service.namespace === namespace);
  const records = services
    .toSorted((a, b) => (a.namespace === b.namespace ? order(a.name, b.name) : order(a.namespace, b.namespace)))
    .flatMap((service) => namesOf(service, zone))
    .flatMap(([name, types]) => types.flatMap((type) => lines(name, type).toSorted()));
  return [...lines('dns-version', 'TXT'), ...records];
}

/** A PTR record for each name of each address of the zone, in the order of the addresses. */
function reverseRecords(
  zoneName: string,
  zone: Zone,
  options: DnsOptions,
  namespace: string | undefined,
): readonly string[] {
  const family = zoneName === 'in-addr.arpa' ? 'ipv4' : 'ipv6';
  const end = namespace === undefined ? '' : `.${namespace}.svc.${options.clusterDomain}.`;
  return zone
    .addresses()
    .filter((ip) => familyOf(ip) === family)
    .map((ip) => [ipToBigInt(ip), ip] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, ip]) => {
      const given = answer({ labels: reverseName(ip).split('.'), type: 'PTR' }, zone, options);
      return given === 'next' ? [] : given.answers.map(line).filter((text) => text.endsWith(end));
    });
}

/**
 * One of a cluster's zones as the lines of a zone file (RFC 1035 §5), with the names of one namespace or of all. Names
 * under `pod` and the names that endpoints of a Service with a cluster IP have are not listed; the server makes them when
 * it is asked.
 */
export function zoneFile(
  zone: Zone,
  options: DnsOptions,
  { zoneName = options.clusterDomain, namespace }: { readonly zoneName?: string; readonly namespace?: string } = {},
): readonly string[] {
  const records =
    zoneName === options.clusterDomain
      ? forwardRecords(zone, options, namespace)
      : reverseRecords(zoneName, zone, options, namespace);
  return [...new Set([...apex(zoneName, zone, options), ...records])];
}

function order(a: string, b: string): number {
  return a < b ? -1 : 1;
}
