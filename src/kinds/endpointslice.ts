import { isIPv4, isIPv6 } from 'node:net';
import { checkReachableIP } from './check/addresses.ts';
import { duplicate, type Invalid, immutable, invalid, required } from './check/invalid.ts';
import { checkMeta } from './check/meta.ts';
import { checkName, dns1123Label, dns1123Subdomain, qualifiedName } from './check/names.ts';
import { checkPort } from './check/ports.ts';
import { age, shortened } from './columns.ts';
import { defaultObject } from './defaults.ts';
import { type Draft, defineKind } from './definition.ts';
import { at } from './path.ts';
import { protocol } from './schema/container.ts';
import { objectReference, topLevel } from './schema/meta.ts';
import { flag, int, list, oneOf, stringMap, struct, text, texts } from './schema/struct.ts';
import type { EndpointSlice, SliceEndpoint } from './types/endpointslice.ts';
import type { StringMap } from './types/meta.ts';

const endpointLimit = 1000;
const portLimit = 20_000;
const addressLimit = 100;

function schema() {
  const names = list(struct({ name: text }));
  const endpoint = struct({
    addresses: texts,
    conditions: struct({ ready: flag, serving: flag, terminating: flag }),
    hostname: text,
    nodeName: text,
    zone: text,
    targetRef: objectReference,
    hints: struct({ forZones: names, forNodes: names }),
    topology: stringMap,
    deprecatedTopology: stringMap,
  });
  return topLevel({
    addressType: oneOf('IPv4', 'IPv6', 'FQDN'),
    endpoints: list(endpoint),
    ports: list(struct({ name: text, port: int, protocol, appProtocol: text })),
  });
}

/** v1beta1 said node and zone in a topology map; v1 has fields for both and keeps other keys as deprecatedTopology. */
function currentEndpoint(endpoint: Draft<SliceEndpoint & { topology: StringMap }>): SliceEndpoint {
  const { topology, ...rest } = endpoint;
  const nodeName = endpoint.nodeName ?? topology?.['kubernetes.io/hostname'];
  const zone = endpoint.zone ?? topology?.['topology.kubernetes.io/zone'];
  return {
    ...rest,
    addresses: endpoint.addresses ?? [],
    ...(nodeName === undefined ? {} : { nodeName }),
    ...(zone === undefined ? {} : { zone }),
  } as SliceEndpoint;
}

function normalize(draft: Draft<EndpointSlice>): EndpointSlice {
  const ports = draft.ports?.map((port) => ({ ...port, name: port.name ?? '', protocol: port.protocol ?? 'TCP' }));
  return {
    ...draft,
    ...defaultObject(draft, { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', namespaced: true }),
    endpoints: (draft.endpoints ?? []).map((endpoint) => currentEndpoint(endpoint)),
    ...(ports === undefined ? {} : { ports }),
  } as EndpointSlice;
}

function* checkAddress(field: string, address: string, type: EndpointSlice['addressType']): Generator<Invalid> {
  if (type === 'FQDN') yield* checkName(field, address, dns1123Subdomain);
  else if (type === 'IPv4' && !isIPv4(address)) yield invalid(field, address, 'must be a valid IPv4 address');
  else if (type === 'IPv6' && !isIPv6(address)) yield invalid(field, address, 'must be a valid IPv6 address');
  else yield* checkReachableIP(field, address);
}

function* checkEndpoint(field: string, endpoint: SliceEndpoint, slice: EndpointSlice): Generator<Invalid> {
  const { addresses, hostname, nodeName, hints } = endpoint;
  if (addresses.length === 0) yield required(`${field}.addresses`, 'An endpoint has at least one address.');
  if (addresses.length > addressLimit) yield tooMany(`${field}.addresses`, addresses.length, addressLimit);
  for (const [index, address] of addresses.entries()) {
    yield* checkAddress(at(`${field}.addresses`, index), address, slice.addressType);
  }
  if (hostname !== undefined) yield* checkName(`${field}.hostname`, hostname, dns1123Label);
  if (nodeName !== undefined) yield* checkName(`${field}.nodeName`, nodeName, dns1123Subdomain);
  const zones = new Set<string>();
  for (const [index, { name = '' }] of (hints?.forZones ?? []).entries()) {
    const here = at(`${field}.hints.forZones`, index);
    if (name === '') yield required(`${here}.name`);
    if (zones.has(name)) yield duplicate(`${here}.name`, name);
    zones.add(name);
  }
}

function tooMany(field: string, count: number, limit: number): Invalid {
  return { field, message: `Too many: ${count}: must have at most ${limit} items` };
}

function* checkPorts(slice: EndpointSlice): Generator<Invalid> {
  const names = new Set<string>();
  for (const [index, port] of (slice.ports ?? []).entries()) {
    const here = at('ports', index);
    const name = port.name ?? '';
    if (names.has(name)) yield duplicate(`${here}.name`, name);
    names.add(name);
    if (name !== '') yield* checkName(`${here}.name`, name, dns1123Label);
    if (port.port !== undefined) yield* checkPort(`${here}.port`, port.port);
    if ((port.appProtocol ?? '') !== '') yield* checkName(`${here}.appProtocol`, port.appProtocol ?? '', qualifiedName);
  }
}

function* validate(slice: EndpointSlice): Generator<Invalid> {
  yield* checkMeta(slice, dns1123Subdomain, true);
  if (slice.addressType === undefined) yield required('addressType', 'IPv4, IPv6 or FQDN.');
  if (slice.endpoints.length > endpointLimit) yield tooMany('endpoints', slice.endpoints.length, endpointLimit);
  if ((slice.ports ?? []).length > portLimit) yield tooMany('ports', (slice.ports ?? []).length, portLimit);
  if (slice.addressType !== undefined) {
    for (const [index, endpoint] of slice.endpoints.entries()) {
      yield* checkEndpoint(at('endpoints', index), endpoint, slice);
    }
  }
  yield* checkPorts(slice);
}

/** EndpointSlice: discovery.k8s.io/v1 and v1beta1. */
export const endpointSliceKind = defineKind<'EndpointSlice'>({
  kind: 'EndpointSlice',
  versions: ['discovery.k8s.io/v1', 'discovery.k8s.io/v1beta1'],
  namespaced: true,
  schema,
  normalize,
  validate,
  *validateUpdate(old, next) {
    if (old.addressType !== next.addressType) yield immutable('addressType', next.addressType);
  },
  columns: {
    headers: ['NAME', 'ADDRESSTYPE', 'PORTS', 'ENDPOINTS', 'AGE'],
    wide: [],
    row: ({ metadata, addressType, endpoints, ports = [] }, now) => [
      metadata.name,
      addressType,
      ports.length === 0
        ? '<unset>'
        : shortened(
            ports.map(({ port }) => String(port ?? '*')),
            3,
          ),
      endpoints.length === 0
        ? '<unset>'
        : shortened(
            endpoints.flatMap(({ addresses }) => addresses),
            3,
          ),
      age(metadata.creationTimestamp, now),
    ],
  },
});
