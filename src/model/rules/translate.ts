import { familyOf, hostPort, type IP } from '../../net/address.ts';
import { multiply } from '../fraction.ts';
import { assuming, type Course, withHappening } from './course.ts';
import { addressesBetween, commonBits, networkHas } from './network.ts';
import type { NodeDump } from './node.ts';
import type { InterfaceAddress } from './routing/addresses.ts';
import type { Packet, Range, Translation, World } from './types.ts';

const mostAddresses = 256;
const mostPorts = 64;

function usable(node: NodeDump, ip: IP): readonly InterfaceAddress[] {
  return (node.interfaces?.addresses ?? []).filter(
    ({ family, scope, secondary }) => family === familyOf(ip) && scope === 'global' && !secondary,
  );
}

function closest(addresses: readonly InterfaceAddress[], towards: IP): IP | undefined {
  if (familyOf(towards) === 'ipv4') {
    return (addresses.find(({ network }) => networkHas(network, towards)) ?? addresses[0])?.address;
  }
  const sorted = addresses.toSorted((a, b) => commonBits(b.address, towards) - commonBits(a.address, towards));
  return sorted[0]?.address;
}

/**
 * The address that MASQUERADE writes: of the outgoing device, that in the network of the next hop, else its first one of
 * global scope; if it has none, that of another device (inet_select_addr; for IPv6 the closest by RFC 6724).
 */
function masqueradeAddress(node: NodeDump, world: World, packet: Packet): IP | undefined {
  const { destination, outInterface, mark } = packet;
  const wanted = {
    destination,
    mark,
    ...(outInterface === undefined || outInterface === 'lo' ? {} : { outInterface }),
  };
  const [route] = world.route(wanted);
  const towards =
    route?.gateway !== undefined && familyOf(route.gateway) === familyOf(destination) ? route.gateway : destination;
  const all = usable(node, destination);
  const own = closest(
    all.filter(({ device }) => device === outInterface),
    towards,
  );
  return own ?? all[0]?.address ?? route?.source;
}

interface Choice<T> {
  readonly value: T;
  readonly parts: number;
}

/** The port that NAT keeps or takes: the old one if the range has it, else any of the range alike. */
function portsOf(range: Range<number> | undefined, old: number | undefined): readonly Choice<number | undefined>[] {
  if (range === undefined) return [{ value: old, parts: 1 }];
  if (old !== undefined && old >= range.first && old <= range.last) return [{ value: old, parts: 1 }];
  const count = Math.min(range.last - range.first + 1, mostPorts);
  return Array.from({ length: count }, (_, at) => ({ value: range.first + at, parts: count }));
}

function addressesOf(range: Range<IP> | undefined, old: IP): readonly Choice<IP>[] {
  if (range === undefined) return [{ value: old, parts: 1 }];
  if (range.first === range.last) return [{ value: range.first, parts: 1 }];
  const all = addressesBetween(range.first, range.last, mostAddresses);
  return all.map((value) => ({ value, parts: all.length }));
}

function socketText(address: IP, port: number | undefined): string {
  return port === undefined ? address : hostPort(address, port);
}

interface Change {
  readonly address: IP;
  readonly port: number | undefined;
  readonly parts: number;
}

function changeDestination(course: Course, { address, port, parts }: Change): Course {
  const { packet } = course;
  const changed = address !== packet.destination || port !== packet.destinationPort;
  const moved: Packet = {
    ...packet,
    destination: address,
    ...(port === undefined ? {} : { destinationPort: port }),
    connection: { ...packet.connection, dnat: packet.connection.dnat || changed },
  };
  const text = `destination ${socketText(packet.destination, packet.destinationPort)} → ${socketText(address, port)}`;
  return withHappening(shared({ ...course, packet: moved }, parts), { kind: 'nat', text });
}

function changeSource(course: Course, { address, port, parts }: Change): Course {
  const { packet } = course;
  const changed = address !== packet.source || port !== packet.sourcePort;
  const moved: Packet = {
    ...packet,
    source: address,
    ...(port === undefined ? {} : { sourcePort: port }),
    connection: { ...packet.connection, snat: packet.connection.snat || changed },
  };
  return withHappening(shared({ ...course, packet: moved }, parts), {
    kind: 'nat',
    text: `source ${packet.source} → ${address}`,
  });
}

function shared(course: Course, parts: number): Course {
  if (parts === 1) return course;
  return { ...course, share: multiply(course.share, { numerator: 1n, denominator: BigInt(parts) }) };
}

function masquerade(course: Course, node: NodeDump, world: World): Course {
  const address = masqueradeAddress(node, world, course.packet);
  if (address !== undefined) return changeSource(course, { address, port: course.packet.sourcePort, parts: 1 });
  const { packet } = course;
  const moved: Packet = { ...packet, connection: { ...packet.connection, snat: true } };
  return withHappening(
    assuming(
      { ...course, packet: moved, sourceUnknown: true },
      'The dump does not tell the addresses of the node (### ip -o addr show): the source after MASQUERADE is one of them.',
    ),
    { kind: 'nat', text: `source ${packet.source} → an address of the node` },
  );
}

/** The address that REDIRECT writes: the loopback one for the node's own packets, else the first of the device. */
function redirectAddress(node: NodeDump, { inInterface, destination }: Packet): IP {
  const family = familyOf(destination);
  if (inInterface === undefined) return (family === 'ipv4' ? '127.0.0.1' : '::1') as IP;
  return usable(node, destination).find(({ device }) => device === inInterface)?.address ?? destination;
}

/** The courses after NAT: one, or several of equal shares when it may choose among addresses or ports. */
export function translate(course: Course, translation: Translation, node: NodeDump, world: World): Course[] {
  const { packet } = course;
  if (translation.to === 'masquerade') return [masquerade(course, node, world)];
  if (translation.to === 'redirect') {
    const address = redirectAddress(node, packet);
    return portsOf(translation.ports, packet.destinationPort).map(({ value, parts }) =>
      changeDestination(course, { address, port: value, parts }),
    );
  }
  const isDestination = translation.to === 'destination';
  const change = isDestination ? changeDestination : changeSource;
  const old = isDestination ? packet.destinationPort : packet.sourcePort;
  const ports = isDestination ? portsOf(translation.ports, old) : portsOf(undefined, old);
  const addresses = addressesOf(translation.addresses, isDestination ? packet.destination : packet.source);
  return addresses.flatMap((address) =>
    ports.map((port) =>
      change(course, { address: address.value, port: port.value, parts: address.parts * port.parts }),
    ),
  );
}
