import { type Message, type MessageWriter, readAttributes, readText } from './message.ts';

const NFNL_SUBSYS_ULOG = 4;
const NFULNL_MSG_PACKET = (NFNL_SUBSYS_ULOG << 8) | 0;
/** Message type that configures a log group (linux/netfilter/nfnetlink_log.h). */
export const NFULNL_MSG_CONFIG = (NFNL_SUBSYS_ULOG << 8) | 1;

const NFULA_CFG_CMD = 1;
const NFULA_CFG_MODE = 2;
const NFULA_CFG_QTHRESH = 5;
const NFULNL_CFG_CMD_BIND = 1;
const NFULNL_COPY_PACKET = 2;

const NFULA_PACKET_HDR = 1;
const NFULA_MARK = 2;
const NFULA_IFINDEX_INDEV = 4;
const NFULA_IFINDEX_OUTDEV = 5;
const NFULA_PAYLOAD = 9;
const NFULA_PREFIX = 10;

/** AF_UNSPEC, NFNETLINK_V0, and the group as res_id in network order. */
function nfgenmsg(group: number): Uint8Array {
  return Uint8Array.of(0, 0, group >> 8, group & 0xff);
}

/** Fills NFULNL_MSG_CONFIG that takes a log group for the socket: `bytes` of each packet, one message a packet. */
export function fillLogGroup(writer: MessageWriter, group: number, bytes: number): void {
  const mode = Buffer.alloc(6);
  mode.writeUInt32BE(bytes, 0);
  mode.writeUInt8(NFULNL_COPY_PACKET, 4);
  writer
    .fixed(nfgenmsg(group))
    .u8(NFULA_CFG_CMD, NFULNL_CFG_CMD_BIND)
    .bytes(NFULA_CFG_MODE, mode)
    .bytes(NFULA_CFG_QTHRESH, Uint8Array.of(0, 0, 0, 1));
}

/** A packet that a rule logged, or that is traced. */
export interface LoggedPacket {
  /** What the rule says of it; of a traced packet `TRACE: TABLE:CHAIN:rule|return|policy:NUMBER `. */
  readonly prefix: string;
  /** Netfilter's hook: 0 PREROUTING, 1 INPUT, 2 FORWARD, 3 OUTPUT, 4 POSTROUTING. */
  readonly hook: number;
  /** Interface numbers; absent where the packet has none. */
  readonly inIndex?: number;
  readonly outIndex?: number;
  readonly mark: number;
  /** The packet from its IP header on, as far as it was asked for. */
  readonly payload: Buffer;
}

/** The packet of one message of nfnetlink_log; undefined for messages of another kind. */
export function readLoggedPacket({ type, body }: Message): LoggedPacket | undefined {
  if (type !== NFULNL_MSG_PACKET) return undefined;
  const attributes = readAttributes(body.subarray(4));
  const inIndex = attributes.get(NFULA_IFINDEX_INDEV)?.readUInt32BE(0);
  const outIndex = attributes.get(NFULA_IFINDEX_OUTDEV)?.readUInt32BE(0);
  const prefix = attributes.get(NFULA_PREFIX);
  return {
    prefix: prefix === undefined ? '' : readText(prefix),
    hook: attributes.get(NFULA_PACKET_HDR)?.readUInt8(2) ?? 0,
    mark: attributes.get(NFULA_MARK)?.readUInt32BE(0) ?? 0,
    payload: attributes.get(NFULA_PAYLOAD) ?? Buffer.alloc(0),
    ...(inIndex === undefined ? {} : { inIndex }),
    ...(outIndex === undefined ? {} : { outIndex }),
  };
}
