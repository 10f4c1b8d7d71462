import type { Family, IP } from '../net/address.ts';

/** TCP's flags, as tcpdump writes them. */
export interface TcpHeader {
  readonly syn: boolean;
  readonly ack: boolean;
  readonly fin: boolean;
  readonly rst: boolean;
  /** Sequence number. */
  readonly sequence: number;
  /** The sender's own clock in the timestamps option (RFC 7323); tells a SYN from its repetition. */
  readonly timestamp?: number;
}

/** An ICMP or ICMPv6 message. */
export interface IcmpHeader {
  readonly type: number;
  readonly code: number;
  /** Identifier and sequence number of an echo request or reply. */
  readonly echo?: { readonly id: number; readonly sequence: number };
  /** The packet that an error message is about, as far as it is quoted. */
  readonly quoted?: IPPacket;
}

/** The headers of an IPv4 or IPv6 packet. */
export interface IPPacket {
  readonly family: Family;
  readonly source: IP;
  readonly destination: IP;
  /** IP protocol number: 1 ICMP, 6 TCP, 17 UDP, 58 ICMPv6. */
  readonly protocol: number;
  /** The six bits of the differentiated services field (RFC 2474). */
  readonly dscp: number;
  /** Identification of an IPv4 packet; routers do not change it. */
  readonly id?: number;
  /** TCP, UDP and SCTP. */
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  readonly tcp?: TcpHeader;
  readonly icmp?: IcmpHeader;
  /** What a UDP datagram carries. */
  readonly payload?: Buffer;
}
