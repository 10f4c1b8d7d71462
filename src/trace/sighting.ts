import { hostPort } from '../net/address.ts';
import { IPPROTO } from '../packet/ip.ts';
import type { IPPacket } from '../packet/types.ts';
import { traceDscp } from './marking.ts';

/** A packet seen somewhere, wrapped or not. */
export interface Sighting {
  readonly packet: IPPacket;
  /** The VXLAN datagram around it. */
  readonly wrapper?: { readonly outer: IPPacket; readonly vni: number };
}

/** Address and port as text, the address alone where the packet has no ports. */
export function sourceText({ source, sourcePort }: IPPacket): string {
  return sourcePort === undefined ? source : hostPort(source, sourcePort);
}

/** The same of the destination. */
export function destinationText({ destination, destinationPort }: IPPacket): string {
  return destinationPort === undefined ? destination : hostPort(destination, destinationPort);
}

/** Both ends, the same for all packets of one direction at one place. */
export function tupleOf(packet: IPPacket): string {
  return `${packet.protocol} ${sourceText(packet)} ${destinationText(packet)}`;
}

function turnedTuple(packet: IPPacket): string {
  return `${packet.protocol} ${destinationText(packet)} ${sourceText(packet)}`;
}

const echoRequests: ReadonlySet<number> = new Set([8, 128]);

/** Whether the packet may begin the traced connection: it carries the mark, and is a SYN, a datagram or an echo request. */
export function isOpening({ dscp, protocol, tcp, icmp }: IPPacket): boolean {
  if (dscp !== traceDscp) return false;
  if (protocol === IPPROTO.tcp) return tcp?.syn === true && !tcp.ack;
  if (protocol === IPPROTO.udp) return true;
  return icmp !== undefined && echoRequests.has(icmp.type);
}

/** Whether both are the same packet, at different places; addresses and ports may have been translated between. */
export function isSame(a: IPPacket, b: IPPacket): boolean {
  if (a.protocol !== b.protocol || a.family !== b.family || a.id !== b.id) return false;
  if (a.icmp?.type !== b.icmp?.type || a.icmp?.echo?.sequence !== b.icmp?.echo?.sequence) return false;
  if (a.tcp === undefined || b.tcp === undefined) return true;
  const { timestamp } = a.tcp;
  const sameTime = timestamp === undefined || b.tcp.timestamp === undefined || timestamp === b.tcp.timestamp;
  return a.tcp.sequence === b.tcp.sequence && a.tcp.syn === b.tcp.syn && a.tcp.ack === b.tcp.ack && sameTime;
}

/** Whether the packet answers one of the tuples: the other direction's first packet, or an ICMP error about it. */
export function isAnswerTo(tuples: ReadonlySet<string>, packet: IPPacket): boolean {
  const { icmp, tcp } = packet;
  if (icmp?.quoted !== undefined) return tuples.has(tupleOf(icmp.quoted));
  if (!tuples.has(turnedTuple(packet)) || isOpening(packet) || (icmp !== undefined && echoRequests.has(icmp.type))) {
    return false;
  }
  return tcp === undefined || (tcp.syn && tcp.ack) || tcp.rst;
}

const unreachableCodes: Readonly<Record<string, string>> = {
  '3.0': 'net unreachable',
  '3.1': 'host unreachable',
  '3.3': 'port unreachable',
  '3.13': 'administratively prohibited',
  '11.0': 'time exceeded',
  '1.0': 'no route',
  '1.1': 'administratively prohibited',
  '1.3': 'address unreachable',
  '1.4': 'port unreachable',
};

const echoNames: Readonly<Record<number, string>> = {
  0: 'echo reply',
  8: 'echo request',
  128: 'echo request',
  129: 'echo reply',
};

/** What kind of packet it is: `SYN`, `SYN ACK`, `RST`, `UDP`, `echo request`, `ICMP port unreachable`. */
export function kindOf({ tcp, icmp, protocol }: IPPacket): string {
  if (tcp !== undefined) {
    const flags = [tcp.syn ? 'SYN' : '', tcp.rst ? 'RST' : '', tcp.fin ? 'FIN' : '', tcp.ack ? 'ACK' : ''];
    return flags.filter((flag) => flag !== '').join(' ');
  }
  if (icmp === undefined) return protocol === IPPROTO.udp ? 'UDP' : `protocol ${protocol}`;
  const error = unreachableCodes[`${icmp.type}.${icmp.code}`];
  return echoNames[icmp.type] ?? `ICMP ${error ?? `type ${icmp.type} code ${icmp.code}`}`;
}
