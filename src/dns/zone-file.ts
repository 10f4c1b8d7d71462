import { answer } from './answer.ts';
import { endpointName } from './endpoint-name.ts';
import type { DnsOptions } from './options.ts';
import { recordText } from './records.ts';
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

/**
 * The zone of a cluster as the lines of a zone file (RFC 1035 §5), of one namespace or of all. Names under `pod` and the
 * names that endpoints of a Service with a cluster IP have are not listed; the server makes them when it is asked.
 */
export function zoneFile(zone: Zone, options: DnsOptions, namespace?: string): readonly string[] {
  const lines = (name: string, type: string): readonly string[] => {
    const full = name === '' ? options.clusterDomain : `${name}.${options.clusterDomain}`;
    const given = answer({ labels: full.split('.'), type }, zone, options);
    if (given === 'next') return [];
    return given.answers.map(recordText).map((line) => line.replace(/^(\S+ \d+) /, '$1 IN '));
  };
  const servers = lines('', 'NS');
  const services = zone.services().filter((service) => namespace === undefined || service.namespace === namespace);
  const records = services
    .toSorted((a, b) => (a.namespace === b.namespace ? order(a.name, b.name) : order(a.namespace, b.namespace)))
    .flatMap((service) => namesOf(service, zone))
    .flatMap(([name, types]) => types.flatMap((type) => lines(name, type).toSorted()));
  const glue = servers.some((line) => line.endsWith(` ns.dns.${options.clusterDomain}.`))
    ? [...lines('ns.dns', 'A'), ...lines('ns.dns', 'AAAA')]
    : [];
  return [
    `$ORIGIN ${options.clusterDomain}.`,
    ...lines('', 'SOA'),
    ...servers,
    ...glue,
    ...lines('dns-version', 'TXT'),
    ...records,
  ];
}

function order(a: string, b: string): number {
  return a < b ? -1 : 1;
}
