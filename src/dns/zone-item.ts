import { type EndpointSlice, serviceNameLabel } from '../kinds/types/endpointslice.ts';
import type { KubeObject } from '../kinds/types/meta.ts';
import type { Namespace } from '../kinds/types/namespace.ts';
import type { LabObject } from '../kinds/types/object.ts';
import type { Service } from '../kinds/types/service.ts';
import { tryParseIP } from '../net/address.ts';

/** A port as SRV records tell of it; -1 stands for a Service or slice that declares none. */
export interface ZonePort {
  readonly name: string;
  readonly protocol: string;
  readonly port: number;
}

/** What DNS has to know of a Service. */
export interface ZoneService {
  readonly kind: 'service';
  readonly namespace: string;
  readonly name: string;
  /** Empty for a headless Service and for ExternalName. */
  readonly clusterIPs: readonly string[];
  readonly externalName?: string;
  readonly ports: readonly ZonePort[];
}

/** An address of a slice that is ready. */
export interface ZoneAddress {
  readonly ip: string;
  readonly hostname?: string;
}

/** What DNS has to know of an EndpointSlice. */
export interface ZoneEndpoints {
  readonly kind: 'endpoints';
  readonly namespace: string;
  readonly service: string;
  readonly addresses: readonly ZoneAddress[];
  readonly ports: readonly ZonePort[];
}

/** A namespace exists. */
export interface ZoneNamespace {
  readonly kind: 'namespace';
  readonly namespace: string;
}

/** Part of a zone that one object of the cluster gives; plain data. */
export type ZoneItem = ZoneService | ZoneEndpoints | ZoneNamespace;

/** The item under the key is now this one; absent: it is gone. */
export interface ZoneChange {
  readonly key: string;
  readonly item?: ZoneItem;
}

const noPorts: readonly ZonePort[] = [{ name: '', protocol: '', port: -1 }];

interface DeclaredPort {
  readonly name?: string;
  readonly protocol?: string;
  readonly port?: number;
}

function portsOf(ports: readonly DeclaredPort[] | undefined): readonly ZonePort[] {
  if (ports === undefined || ports.length === 0) return noPorts;
  return ports.map(({ name = '', protocol = 'TCP', port = -1 }) => ({ name, protocol, port }));
}

function serviceItem({ metadata, spec }: Service): ZoneService {
  const { namespace = 'default', name } = metadata;
  const base = { kind: 'service', namespace, name, ports: portsOf(spec.ports) } as const;
  if (spec.type === 'ExternalName') return { ...base, clusterIPs: [], externalName: spec.externalName ?? '' };
  const texts = spec.clusterIPs ?? (spec.clusterIP === undefined ? [] : [spec.clusterIP]);
  return { ...base, clusterIPs: texts.map(tryParseIP).filter((ip) => ip !== undefined) };
}

/** Readiness alone counts (absent is true); CoreDNS looks at neither serving nor terminating. */
function endpointsItem({ metadata, addressType, endpoints, ports }: EndpointSlice): ZoneEndpoints | undefined {
  const service = metadata.labels?.[serviceNameLabel];
  if (service === undefined || addressType === 'FQDN') return undefined;
  const addresses = endpoints
    .filter(({ conditions }) => conditions?.ready !== false)
    .flatMap(({ addresses: texts, hostname }) =>
      texts.flatMap((text) => {
        const ip = tryParseIP(text);
        if (ip === undefined) return [];
        return [hostname === undefined || hostname === '' ? { ip } : { ip, hostname }];
      }),
    );
  const namespace = metadata.namespace ?? 'default';
  return { kind: 'endpoints', namespace, service, addresses, ports: portsOf(ports) };
}

function itemOf(object: LabObject): ZoneItem | undefined {
  if (object.kind === 'Service') return serviceItem(object);
  if (object.kind === 'EndpointSlice') return endpointsItem(object);
  if (object.kind === 'Namespace') return { kind: 'namespace', namespace: object.metadata.name };
  return undefined;
}

/** Objects that a zone is made of. */
export type ZoneObject = Namespace | Service | EndpointSlice;

/** Whether a zone depends on objects of this kind. */
export function isZoneObject(object: { readonly kind: string }): object is ZoneObject {
  return object.kind === 'Namespace' || object.kind === 'Service' || object.kind === 'EndpointSlice';
}

function keyOf({ kind, metadata: { namespace = '', name } }: KubeObject): string {
  return `${kind} ${namespace}/${name}`;
}

/** What an object's appearance or change does to a zone; with `gone`, its removal. */
export function zoneChange(object: ZoneObject, gone = false): ZoneChange {
  const item = gone ? undefined : itemOf(object);
  return { key: keyOf(object), ...(item === undefined ? {} : { item }) };
}

/**
 * The zone of a cluster given as objects: its Namespaces, those that other objects are in, its Services and
 * EndpointSlices.
 */
export function zoneChanges(objects: readonly LabObject[]): readonly ZoneChange[] {
  const named = new Set(objects.map(({ metadata }) => metadata?.namespace ?? '').filter((name) => name !== ''));
  const implied = [...named].map((name): ZoneChange => {
    const namespace: Namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
    return zoneChange(namespace);
  });
  return [...implied, ...objects.filter(isZoneObject).map((object) => zoneChange(object))];
}
