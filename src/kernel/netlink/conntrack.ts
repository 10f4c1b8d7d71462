import { type Family, familyOf, type IP } from '../../net/address.ts';
import { type Message, type MessageWriter, readAttributes, readIP } from './message.ts';

const NFNL_SUBSYS_CTNETLINK = 1;
/** Message types of ctnetlink (linux/netfilter/nfnetlink_conntrack.h). */
export const CT_GET = (NFNL_SUBSYS_CTNETLINK << 8) | 1;
export const CT_DELETE = (NFNL_SUBSYS_CTNETLINK << 8) | 2;

const NLA_F_NESTED = 0x8000;
const CTA_TUPLE_ORIG = 1;
const CTA_TUPLE_REPLY = 2;
const CTA_ID = 12;
const CTA_TUPLE_IP = 1;
const CTA_TUPLE_PROTO = 2;
const CTA_PROTO_NUM = 1;
const CTA_PROTO_SRC_PORT = 2;
const CTA_PROTO_DST_PORT = 3;
/** CTA_IP_V4_SRC, CTA_IP_V4_DST and their IPv6 counterparts. */
const addressAttributes = { ipv4: { source: 1, destination: 2 }, ipv6: { source: 3, destination: 4 } } as const;
/** AF_INET and AF_INET6. */
const familyNumbers = { ipv4: 2, ipv6: 10 } as const;

/** One direction of a tracked connection. */
export interface FlowTuple {
  readonly source: IP;
  readonly destination: IP;
  readonly sourcePort: number;
  readonly destinationPort: number;
}

/** A connection that the kernel tracks. */
export interface Flow {
  /** IP protocol number: 6 TCP, 17 UDP. */
  readonly protocol: number;
  /** As the client sent it. */
  readonly original: FlowTuple;
  /** As its answers come in: other addresses where it is translated. */
  readonly reply: FlowTuple;
  /** Tells it from a later connection with the same addresses; absent in kernels that give none. */
  readonly id?: number;
}

/** struct nfgenmsg, which begins every message of nfnetlink. */
function nfgenmsg(family: Family): Uint8Array {
  return Uint8Array.of(familyNumbers[family], 0, 0, 0);
}

/** Fills CT_GET for a dump of one family. Equivalent command: `conntrack -L -f FAMILY`. */
export function fillFlowDump(writer: MessageWriter, family: Family): void {
  writer.fixed(nfgenmsg(family));
}

function fillTuple(writer: MessageWriter, { protocol, original }: Flow): void {
  const attributes = addressAttributes[familyOf(original.source)];
  writer.nest(CTA_TUPLE_IP | NLA_F_NESTED, () => {
    writer.ip(attributes.source, original.source).ip(attributes.destination, original.destination);
  });
  writer.nest(CTA_TUPLE_PROTO | NLA_F_NESTED, () => {
    writer
      .u8(CTA_PROTO_NUM, protocol)
      .u16be(CTA_PROTO_SRC_PORT, original.sourcePort)
      .u16be(CTA_PROTO_DST_PORT, original.destinationPort);
  });
}

/** Fills CT_DELETE for one connection. Equivalent command: `conntrack -D -p PROTO -s … -d … --sport … --dport …`. */
export function fillDeleteFlow(writer: MessageWriter, flow: Flow): void {
  writer.fixed(nfgenmsg(familyOf(flow.original.source)));
  writer.nest(CTA_TUPLE_ORIG | NLA_F_NESTED, () => fillTuple(writer, flow));
  if (flow.id === undefined) return;
  const id = new Uint8Array(4);
  new DataView(id.buffer).setUint32(0, flow.id);
  writer.bytes(CTA_ID, id);
}

function readTuple(data: Buffer | undefined): (FlowTuple & { readonly protocol: number }) | undefined {
  if (data === undefined) return undefined;
  const parts = readAttributes(data);
  const addresses = readAttributes(parts.get(CTA_TUPLE_IP) ?? Buffer.alloc(0));
  const protocol = readAttributes(parts.get(CTA_TUPLE_PROTO) ?? Buffer.alloc(0));
  const source = addresses.get(addressAttributes.ipv4.source) ?? addresses.get(addressAttributes.ipv6.source);
  const destination =
    addresses.get(addressAttributes.ipv4.destination) ?? addresses.get(addressAttributes.ipv6.destination);
  const number = protocol.get(CTA_PROTO_NUM);
  if (source === undefined || destination === undefined || number === undefined) return undefined;
  return {
    protocol: number.readUInt8(0),
    source: readIP(source),
    destination: readIP(destination),
    sourcePort: protocol.get(CTA_PROTO_SRC_PORT)?.readUInt16BE(0) ?? 0,
    destinationPort: protocol.get(CTA_PROTO_DST_PORT)?.readUInt16BE(0) ?? 0,
  };
}

/** The connection of one message of a dump; undefined when it is told in a form that nobody knows. */
export function readFlow({ body }: Message): Flow | undefined {
  const attributes = readAttributes(body.subarray(4));
  const original = readTuple(attributes.get(CTA_TUPLE_ORIG));
  const reply = readTuple(attributes.get(CTA_TUPLE_REPLY));
  if (original === undefined || reply === undefined) return undefined;
  const { protocol, ...there } = original;
  const { protocol: _same, ...back } = reply;
  const id = attributes.get(CTA_ID)?.readUInt32BE(0);
  return { protocol, original: there, reply: back, ...(id === undefined ? {} : { id }) };
}
