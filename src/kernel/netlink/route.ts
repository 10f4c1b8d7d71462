import {
  type Cidr,
  cidrAddress,
  cidrPrefix,
  type Family,
  familyOf,
  type IP,
  makeCidr,
  parseIP,
} from '../../net/address.ts';
import type { DesiredRoute } from '../../plan/desired.ts';
import { ipBytes, type Message, type MessageWriter, readAttributes, readIP } from './message.ts';

export const RTM_NEWROUTE = 24;
export const RTM_DELROUTE = 25;
export const RTM_GETROUTE = 26;

const RTA_DST = 1;
const RTA_OIF = 4;
const RTA_GATEWAY = 5;
const RTA_PRIORITY = 6;
const RTA_PREFSRC = 7;
const RTA_MULTIPATH = 9;
const RTA_TABLE = 15;
const RTPROT_KERNEL = 2;
const RTPROT_BOOT = 3;
const RT_SCOPE_UNIVERSE = 0;
const RT_SCOPE_LINK = 253;
const RTNH_F_ONLINK = 4;
const RT_TABLE_MAIN = 254;
const RT_TABLE_UNSPEC = 0;

const routeTypes = { unicast: 1, blackhole: 6, unreachable: 7 } as const;
const routeKinds = new Map(Object.entries(routeTypes).map(([kind, type]) => [type as number, kind]));

/** AF_INET or AF_INET6. */
export function addressFamily(family: Family): number {
  return family === 'ipv4' ? 2 : 10;
}

/** The family of AF_INET or AF_INET6, undefined for others. */
export function familyFromNumber(number: number): Family | undefined {
  return number === 2 ? 'ipv4' : number === 10 ? 'ipv6' : undefined;
}

/** Body of RTM_NEWROUTE and RTM_DELROUTE. */
export function fillRoute(writer: MessageWriter, route: DesiredRoute, index: (name: string) => number): void {
  const table = route.table ?? RT_TABLE_MAIN;
  const linkScope = route.scope === 'link' || (route.device !== undefined && route.via === undefined);
  const header = Buffer.alloc(12);
  header.writeUInt8(addressFamily(familyOf(route.to)), 0);
  header.writeUInt8(cidrPrefix(route.to), 1);
  header.writeUInt8(table < 256 ? table : RT_TABLE_UNSPEC, 4);
  header.writeUInt8(route.protocol === 'kernel' ? RTPROT_KERNEL : RTPROT_BOOT, 5);
  header.writeUInt8(linkScope ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE, 6);
  header.writeUInt8(routeTypes[route.kind ?? 'unicast'], 7);
  header.writeUInt32LE(route.onlink ? RTNH_F_ONLINK : 0, 8);
  writer.fixed(header);
  if (cidrPrefix(route.to) > 0) writer.ip(RTA_DST, cidrAddress(route.to));
  if (route.via !== undefined) writer.ip(RTA_GATEWAY, route.via);
  if (route.device !== undefined) writer.u32(RTA_OIF, index(route.device));
  if (route.source !== undefined) writer.ip(RTA_PREFSRC, route.source);
  if (route.metric !== undefined) writer.u32(RTA_PRIORITY, route.metric);
  if (table >= 256) writer.u32(RTA_TABLE, table);
  if (route.nexthops !== undefined) writer.bytes(RTA_MULTIPATH, nexthops(route.nexthops, index));
}

function nexthops(hops: NonNullable<DesiredRoute['nexthops']>, index: (name: string) => number): Buffer {
  return Buffer.concat(
    hops.map(({ via, device }) => {
      const gateway = ipBytes(via);
      const bytes = Buffer.alloc(8 + 4 + gateway.length);
      bytes.writeUInt16LE(bytes.length, 0);
      bytes.writeInt32LE(index(device), 4);
      bytes.writeUInt16LE(4 + gateway.length, 8);
      bytes.writeUInt16LE(RTA_GATEWAY, 10);
      bytes.set(gateway, 12);
      return bytes;
    }),
  );
}

/** rtmsg without anything: asks for the routes of both families and all tables. */
export function fillRouteDump(writer: MessageWriter): void {
  writer.fixed(new Uint8Array(12));
}

/** The route in an RTM_NEWROUTE message, or undefined for one of a kind that svclab does not make. */
export function readRoute(message: Message, name: (index: number) => string): DesiredRoute | undefined {
  const { body } = message;
  const family = familyFromNumber(body.readUInt8(0));
  const kind = routeKinds.get(body.readUInt8(7)) as DesiredRoute['kind'];
  if (family === undefined || kind === undefined) return undefined;
  const attributes = readAttributes(body.subarray(12));
  const device = attributes.get(RTA_OIF);
  const gateway = attributes.get(RTA_GATEWAY);
  const source = attributes.get(RTA_PREFSRC);
  const metric = attributes.get(RTA_PRIORITY)?.readUInt32LE();
  const multipath = attributes.get(RTA_MULTIPATH);
  const table = attributes.get(RTA_TABLE)?.readUInt32LE() ?? body.readUInt8(4);
  return {
    to: readDestination(attributes.get(RTA_DST), family, body.readUInt8(1)),
    ...(kind === 'unicast' ? {} : { kind }),
    ...(gateway === undefined ? {} : { via: readIP(gateway) }),
    ...(device === undefined ? {} : { device: name(device.readUInt32LE()) }),
    ...((body.readUInt32LE(8) & RTNH_F_ONLINK) === 0 ? {} : { onlink: true }),
    ...(source === undefined ? {} : { source: readIP(source) }),
    ...(metric === undefined || (family === 'ipv6' && metric === 1024) ? {} : { metric }),
    ...(multipath === undefined ? {} : { nexthops: readNexthops(multipath, name) }),
    ...(table === RT_TABLE_MAIN ? {} : { table }),
    ...(body.readUInt8(5) === RTPROT_KERNEL ? { protocol: 'kernel' } : {}),
  };
}

function readDestination(bytes: Buffer | undefined, family: Family, prefix: number): Cidr {
  const any = family === 'ipv4' ? parseIP('0.0.0.0') : parseIP('::');
  return makeCidr(bytes === undefined ? any : readIP(bytes), prefix);
}

function readNexthops(bytes: Buffer, name: (index: number) => string): { via: IP; device: string }[] {
  const hops: { via: IP; device: string }[] = [];
  for (let at = 0; at + 8 <= bytes.length; ) {
    const length = bytes.readUInt16LE(at);
    if (length < 8) break;
    const gateway = readAttributes(bytes.subarray(at + 8, at + length)).get(RTA_GATEWAY);
    if (gateway !== undefined) hops.push({ via: readIP(gateway), device: name(bytes.readInt32LE(at + 4)) });
    at += (length + 3) & ~3;
  }
  return hops;
}
