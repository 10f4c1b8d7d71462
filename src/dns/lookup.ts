import { tryParseIP } from '../net/address.ts';
import { endpointName } from './endpoint-name.ts';
import type { DnsOptions } from './options.ts';
import type { Zone } from './zone.ts';
import type { ZonePort, ZoneService } from './zone-item.ts';

/** One address and port, or one alias, that a name stands for. */
export interface Entry {
  /** An IP address, or the name that ExternalName points to. */
  readonly host: string;
  /** -1: no port is declared. */
  readonly port: number;
  /** Name that SRV records point to, without the zone. */
  readonly target: string;
}

/** What a name stands for: an empty list is a name that exists but has no data; undefined a name that does not exist. */
export type Found = readonly Entry[] | undefined;

interface Request {
  readonly type: string;
  readonly namespace?: string;
  readonly service?: string;
  readonly endpoint?: string;
  readonly port?: { readonly name: string; readonly protocol: string };
}

const bare = (label: string) => (label.startsWith('_') ? label.slice(1) : label);

/** Reads the labels left of the zone, in lower case: endpoint or _port._protocol, service, namespace, svc or pod. */
function parseRequest(labels: readonly string[]): Request | undefined {
  const type = labels.at(-1) ?? '';
  if (type !== 'svc' && type !== 'pod') return undefined;
  const [namespace, service, first, second, ...more] = labels.toReversed().slice(1);
  if (more.length > 0) return undefined;
  return {
    type,
    ...(namespace === undefined ? {} : { namespace }),
    ...(service === undefined ? {} : { service }),
    ...(first === undefined || second !== undefined ? {} : { endpoint: first }),
    ...(first === undefined || second === undefined ? {} : { port: { name: bare(second), protocol: bare(first) } }),
  };
}

/** What the labels left of a zone stand for (CoreDNS, kubernetes plugin: Records). */
export function lookup(labels: readonly string[], zone: Zone, options: DnsOptions): Found {
  if (labels.length === 0) return [];
  const request = parseRequest(labels);
  if (request === undefined) return undefined;
  const { namespace, service } = request;
  if (namespace === undefined) return [];
  if (!zone.hasNamespace(namespace)) return undefined;
  if (request.type === 'pod') return findPod(namespace, service, options);
  return service === undefined ? [] : findService(zone.service(namespace, service), request, zone);
}

/** The address that a Pod's name spells; labels further left are not looked at. */
function findPod(namespace: string, name: string | undefined, { pods }: DnsOptions): Found {
  if (pods === 'disabled') return undefined;
  if (name === undefined) return [];
  const isV4 = name.split('-').length === 4 && !name.includes('--');
  const host = tryParseIP(name.replaceAll('-', isV4 ? '.' : ':'));
  return host === undefined ? undefined : [{ host, port: 0, target: `${name}.${namespace}.pod` }];
}

function findService(service: ZoneService | undefined, request: Request, zone: Zone): Found {
  if (service === undefined) return undefined;
  if (service.externalName !== undefined) return findExternal(service, service.externalName, request);
  const isHeadless = service.clusterIPs.length === 0;
  const entries =
    isHeadless || request.endpoint !== undefined
      ? endpointEntries(service, request, zone)
      : clusterIPEntries(service, request);
  return entries.length === 0 ? undefined : entries;
}

function nameOf({ name, namespace }: ZoneService): string {
  return `${name}.${namespace}.svc`;
}

function findExternal(service: ZoneService, host: string, { endpoint, port }: Request): Found {
  if (endpoint !== undefined || port !== undefined || host === '' || tryParseIP(host) !== undefined) return undefined;
  return [{ host, port: 0, target: nameOf(service) }];
}

function matches({ port: wanted }: Request, port: ZonePort): boolean {
  if (wanted === undefined) return true;
  const named = wanted.name === '' || wanted.name === port.name.toLowerCase();
  return named && (wanted.protocol === '' || wanted.protocol === port.protocol.toLowerCase());
}

function clusterIPEntries(service: ZoneService, request: Request): Entry[] {
  const target = nameOf(service);
  return service.ports
    .filter((port) => matches(request, port))
    .flatMap(({ port }) => service.clusterIPs.map((host) => ({ host, port, target })));
}

function endpointEntries(service: ZoneService, request: Request, zone: Zone): Entry[] {
  const entries: Entry[] = [];
  for (const { addresses, ports } of zone.endpoints(service.namespace, service.name)) {
    const matching = ports.filter((port) => matches(request, port));
    for (const address of addresses) {
      const name = endpointName(address);
      if (request.endpoint !== undefined && request.endpoint !== name.toLowerCase()) continue;
      const target = `${name}.${nameOf(service)}`;
      for (const { port } of matching) entries.push({ host: address.ip, port, target });
    }
  }
  return entries;
}
