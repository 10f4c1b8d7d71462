import { hostPort, tryParseIP } from '../net/address.ts';
import { checkReachableIP } from './check/addresses.ts';
import { type Invalid, required } from './check/invalid.ts';
import { checkMeta } from './check/meta.ts';
import { checkName, dns1123Label, dns1123Subdomain } from './check/names.ts';
import { checkPort } from './check/ports.ts';
import { age, orNone, shortened } from './columns.ts';
import { defaultObject } from './defaults.ts';
import { type Draft, defineKind } from './definition.ts';
import { at } from './path.ts';
import { protocol } from './schema/container.ts';
import { objectReference, topLevel } from './schema/meta.ts';
import { int, list, struct, text } from './schema/struct.ts';
import type { EndpointAddress, Endpoints } from './types/endpoints.ts';

type Subset = NonNullable<Endpoints['subsets']>[number];

function schema() {
  const address = struct({ ip: text, hostname: text, nodeName: text, targetRef: objectReference });
  const port = struct({ name: text, port: int, protocol, appProtocol: text });
  const subset = struct({ addresses: list(address), notReadyAddresses: list(address), ports: list(port) });
  return topLevel({ subsets: list(subset) });
}

function normalize(draft: Draft<Endpoints>): Endpoints {
  const subsets = draft.subsets?.map((subset) => ({
    ...subset,
    ...(subset.ports === undefined
      ? {}
      : { ports: subset.ports.map((port) => ({ ...port, port: port.port ?? 0, protocol: port.protocol ?? 'TCP' })) }),
  }));
  return {
    ...draft,
    ...defaultObject(draft, { apiVersion: 'v1', kind: 'Endpoints', namespaced: true }),
    ...(subsets === undefined ? {} : { subsets }),
  } as Endpoints;
}

function* checkAddress(field: string, address: EndpointAddress): Generator<Invalid> {
  if ((address.ip ?? '') === '') yield required(`${field}.ip`);
  else yield* checkReachableIP(`${field}.ip`, address.ip);
  if ((address.hostname ?? '') !== '') yield* checkName(`${field}.hostname`, address.hostname ?? '', dns1123Label);
  if (address.nodeName !== undefined) yield* checkName(`${field}.nodeName`, address.nodeName, dns1123Subdomain);
}

function* checkSubset(field: string, subset: Subset): Generator<Invalid> {
  const { addresses = [], notReadyAddresses = [], ports = [] } = subset;
  if (addresses.length + notReadyAddresses.length === 0) {
    yield required(field, 'Give addresses or notReadyAddresses.');
  }
  for (const [index, address] of addresses.entries()) yield* checkAddress(at(`${field}.addresses`, index), address);
  for (const [index, address] of notReadyAddresses.entries()) {
    yield* checkAddress(at(`${field}.notReadyAddresses`, index), address);
  }
  for (const [index, port] of ports.entries()) {
    const here = at(`${field}.ports`, index);
    yield* checkPort(`${here}.port`, port.port);
    if ((port.name ?? '') !== '') yield* checkName(`${here}.name`, port.name ?? '', dns1123Label);
    else if (ports.length > 1) yield required(`${here}.name`, 'Several ports need names.');
  }
}

function* validate(object: Endpoints): Generator<Invalid> {
  yield* checkMeta(object, dns1123Subdomain, true);
  for (const [index, subset] of (object.subsets ?? []).entries()) yield* checkSubset(at('subsets', index), subset);
}

function pairs({ addresses = [], ports = [] }: Subset): readonly string[] {
  const joined = (ip: string, port: number) => {
    const parsed = tryParseIP(ip);
    return parsed === undefined ? `${ip}:${port}` : hostPort(parsed, port);
  };
  if (ports.length === 0) return addresses.map(({ ip }) => ip);
  return ports.flatMap(({ port }) => addresses.map(({ ip }) => joined(ip, port)));
}

/** Endpoints, core/v1: the older form of EndpointSlices. */
export const endpointsKind = defineKind<'Endpoints'>({
  kind: 'Endpoints',
  versions: ['v1'],
  plural: 'endpoints',
  shortNames: ['ep'],
  namespaced: true,
  schema,
  normalize,
  validate,
  columns: {
    headers: ['NAME', 'ENDPOINTS', 'AGE'],
    wide: [],
    row: ({ metadata, subsets = [] }, now) => [
      metadata.name,
      orNone(shortened(subsets.flatMap(pairs), 3)),
      age(metadata.creationTimestamp, now),
    ],
  },
});
