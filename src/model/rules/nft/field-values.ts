import { type IP, ipToBigInt } from '../../../net/address.ts';
import type { Packet, RouteQuestion, Tuple, World } from '../types.ts';
import { ctStates, ctStatuses, protocols, tcpFlags } from './constants.ts';
import { type Datum, ipv4Number } from './data-types.ts';

/** A value that no dump tells; the reason is for the person who asks. */
export interface Unknown {
  readonly unknown: string;
}

/** A field's value; undefined where the packet has no such field, so that a rule that asks for it does not match. */
export type FieldValue = Datum | Unknown | undefined;

type Read = (packet: Packet, world: World) => FieldValue;

/** A port as clients' kernels choose it (ip_local_port_range); questions do not name the client's. */
const ephemeralPort = 40000;

/** The address as a value of rules. */
function addressDatum(ip: IP): Datum {
  return ipv4Number(ip) ?? ipToBigInt(ip);
}

function addressOf(family: Packet['family'], side: 'source' | 'destination'): Read {
  return (packet) => (packet.family === family ? addressDatum(packet[side]) : undefined);
}

function protocolNumber(packet: Packet): FieldValue {
  const number = Object.hasOwn(protocols, packet.protocol) ? protocols[packet.protocol] : Number(packet.protocol);
  return number === undefined || Number.isNaN(number)
    ? { unknown: `the number of protocol ${packet.protocol}` }
    : number;
}

const withPorts = new Set(['tcp', 'udp', 'sctp', 'dccp', 'udplite']);

function portOf(side: 'sourcePort' | 'destinationPort', protocol?: string): Read {
  return (packet) => {
    if (protocol === undefined ? !withPorts.has(packet.protocol) : packet.protocol !== protocol) return undefined;
    return packet[side] ?? ephemeralPort;
  };
}

function icmp(protocol: string, read: (packet: Packet) => FieldValue): Read {
  return (packet) => (packet.protocol === protocol ? read(packet) : undefined);
}

function tcpFlagsOf({ protocol, connection }: Packet): FieldValue {
  const { syn = 0, ack = 0 } = tcpFlags;
  if (protocol !== 'tcp') return undefined;
  return connection.direction === 'reply' ? syn | ack : syn;
}

function ctState({ connection }: Packet): FieldValue {
  return ctStates[connection.state === 'none' ? 'invalid' : connection.state];
}

function tracked(read: (packet: Packet) => FieldValue): Read {
  return (packet) => (['none', 'untracked'].includes(packet.connection.state) ? undefined : read(packet));
}

function ctStatus({ connection }: Packet): FieldValue {
  const bits: string[] = connection.state === 'new' ? [] : ['confirmed', 'seen-reply'];
  if (connection.dnat) bits.push('dnat');
  if (connection.snat) bits.push('snat');
  return bits.reduce((sum, bit) => sum | (ctStatuses[bit] ?? 0), 0);
}

function ctOriginal(read: (tuple: Tuple) => FieldValue): Read {
  return tracked((packet) => read(packet.connection.original));
}

/** Who made a packet is known of a socket only: one that arrives has none. */
function ofSocket(what: string): Read {
  return (packet) => (packet.inInterface === undefined ? { unknown: what } : undefined);
}

const readers: Readonly<Record<string, Read>> = {
  'ip saddr': addressOf('ipv4', 'source'),
  'ip daddr': addressOf('ipv4', 'destination'),
  'ip6 saddr': addressOf('ipv6', 'source'),
  'ip6 daddr': addressOf('ipv6', 'destination'),
  'ip protocol': (packet) => (packet.family === 'ipv4' ? protocolNumber(packet) : undefined),
  'ip6 nexthdr': (packet) => (packet.family === 'ipv6' ? protocolNumber(packet) : undefined),
  'ip version': (packet) => (packet.family === 'ipv4' ? 4 : undefined),
  'ip6 version': (packet) => (packet.family === 'ipv6' ? 6 : undefined),
  'ip frag-off': (packet) => (packet.family === 'ipv4' ? 0 : undefined),
  'th sport': portOf('sourcePort'),
  'th dport': portOf('destinationPort'),
  'tcp flags': tcpFlagsOf,
  'icmp type': icmp('icmp', (packet) => packet.icmpType ?? 8),
  'icmp code': icmp('icmp', (packet) => packet.icmpCode ?? 0),
  'icmpv6 type': icmp('icmpv6', (packet) => packet.icmpType ?? 128),
  'icmpv6 code': icmp('icmpv6', (packet) => packet.icmpCode ?? 0),
  'meta mark': (packet) => packet.mark,
  'meta iif': (packet) => packet.inInterface ?? '',
  'meta iifname': (packet) => packet.inInterface ?? '',
  'meta oif': (packet) => packet.outInterface ?? '',
  'meta oifname': (packet) => packet.outInterface ?? '',
  'meta l4proto': protocolNumber,
  'meta nfproto': (packet) => packet.family,
  'meta protocol': (packet) => packet.family,
  'meta pkttype': () => 'host',
  'meta ibrname': () => undefined,
  'meta obrname': () => undefined,
  'meta skuid': ofSocket('which user makes the packet'),
  'meta skgid': ofSocket('which group makes the packet'),
  'meta cgroup': ofSocket('which cgroup makes the packet'),
  'socket transparent': () => undefined,
  'socket wildcard': () => undefined,
  'socket mark': () => undefined,
  'ct state': ctState,
  'ct status': tracked(ctStatus),
  'ct mark': tracked((packet) => packet.connection.mark),
  'ct direction': tracked((packet) => packet.connection.direction),
  'ct protocol': tracked(protocolNumber),
  'ct l3proto': tracked((packet) => packet.family),
  'ct zone': tracked(() => 0),
  'ct original proto-src': ctOriginal((tuple) => tuple.sourcePort ?? ephemeralPort),
  'ct original proto-dst': ctOriginal((tuple) => tuple.destinationPort),
  'ct original protocol': tracked(protocolNumber),
};

for (const protocol of withPorts) {
  Object.assign(readers, {
    [`${protocol} sport`]: portOf('sourcePort', protocol),
    [`${protocol} dport`]: portOf('destinationPort', protocol),
  });
}
for (const family of ['', 'ip ', 'ip6 ']) {
  Object.assign(readers, {
    [`ct original ${family}saddr`]: ctOriginal((tuple) => addressDatum(tuple.source)),
    [`ct original ${family}daddr`]: ctOriginal((tuple) => addressDatum(tuple.destination)),
  });
}

/** What the routing tables say of the packet's address: its type, or the device that leads to it (`0` for none). */
function fib(name: string, packet: Packet, world: World): FieldValue {
  const words = name.split(' ');
  const address = words.includes('saddr') ? packet.source : packet.destination;
  const device = words.includes('iif')
    ? packet.inInterface
    : words.includes('oif', 1)
      ? packet.outInterface
      : undefined;
  if (words.at(-1) === 'type') return world.addressType(address, device);
  if (packet.inInterface === 'lo') return 'lo';
  const question: RouteQuestion = {
    destination: address,
    ...(words.includes('mark') ? { mark: packet.mark } : {}),
  };
  const devices = new Set(
    world.route(question).map((answer) => (answer.type === 'unicast' ? (answer.device ?? '0') : '0')),
  );
  const [only = '0'] = devices;
  if (words.includes('iif'))
    return packet.inInterface !== undefined && devices.has(packet.inInterface) ? packet.inInterface : '0';
  return devices.size > 1 ? { unknown: 'which of several routes is taken' } : only;
}

/** The value of the field of this name (see fields.ts) for the packet. */
export function fieldValue(name: string, packet: Packet, world: World): FieldValue {
  const read = Object.hasOwn(readers, name) ? readers[name] : undefined;
  if (read !== undefined) return read(packet, world);
  return name.startsWith('fib ') ? fib(name, packet, world) : { unknown: `"${name}" of the packet` };
}
