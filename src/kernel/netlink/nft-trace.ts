import { type Message, readAttributes, readText } from './message.ts';

const NFNL_SUBSYS_NFTABLES = 10;
const NFT_MSG_TRACE = (NFNL_SUBSYS_NFTABLES << 8) | 17;
/** The multicast group that trace messages come from (linux/netfilter/nfnetlink.h). */
export const NFNLGRP_NFTRACE = 9;

const NFTA_TRACE_TABLE = 1;
const NFTA_TRACE_CHAIN = 2;
const NFTA_TRACE_RULE_HANDLE = 3;
const NFTA_TRACE_TYPE = 4;
const NFTA_TRACE_VERDICT = 5;
const NFTA_TRACE_ID = 6;
const NFTA_TRACE_NETWORK_HEADER = 8;
const NFTA_TRACE_TRANSPORT_HEADER = 9;
const NFTA_TRACE_POLICY = 16;
const NFTA_VERDICT_CODE = 1;
const NFTA_VERDICT_CHAIN = 2;

const types = ['unspec', 'policy', 'return', 'rule'] as const;
const verdicts: Readonly<Record<number, string>> = {
  0: 'drop',
  1: 'accept',
  2: 'stolen',
  3: 'queue',
  [-1]: 'continue',
  [-2]: 'break',
  [-3]: 'jump',
  [-4]: 'goto',
  [-5]: 'return',
};
/** NFPROTO_* of the tables that nft has. */
const families: Readonly<Record<number, string>> = {
  1: 'inet',
  2: 'ip',
  3: 'arp',
  5: 'netdev',
  7: 'bridge',
  10: 'ip6',
};

/** A rule that a traced packet met, or the end of a chain that it came to. */
export interface NftTraceEvent {
  /** The same for all events of one packet on its way through one network namespace. */
  readonly id: number;
  /** The table's family as `nft list ruleset` shows it: `ip`, `ip6`, `inet`. */
  readonly family: string;
  readonly table: string;
  readonly chain: string;
  readonly type: (typeof types)[number];
  /** Of a rule: its handle, as `nft -a` shows it. */
  readonly handle?: bigint;
  /** `accept`, `drop`, `continue`, `jump CHAIN`, `goto CHAIN`, `return`; of `policy` the policy. */
  readonly verdict: string;
  /** IP and transport header; the first event of a packet in a base chain has them. */
  readonly packet?: Buffer;
}

function verdictOf(code: number, chain: Buffer | undefined): string {
  const word = verdicts[code] ?? String(code);
  return chain === undefined ? word : `${word} ${readText(chain)}`;
}

/** The event of one message; undefined for messages of another kind. */
export function readNftTrace({ type, body }: Message): NftTraceEvent | undefined {
  if (type !== NFT_MSG_TRACE) return undefined;
  const attributes = readAttributes(body.subarray(4));
  const number = (attribute: number) => attributes.get(attribute)?.readUInt32BE(0);
  const text = (attribute: number) => readText(attributes.get(attribute) ?? Buffer.alloc(0));
  const handle = attributes.get(NFTA_TRACE_RULE_HANDLE)?.readBigUInt64BE(0);
  const verdict = readAttributes(attributes.get(NFTA_TRACE_VERDICT) ?? Buffer.alloc(0));
  const code = verdict.get(NFTA_VERDICT_CODE)?.readInt32BE(0) ?? number(NFTA_TRACE_POLICY) ?? -1;
  const network = attributes.get(NFTA_TRACE_NETWORK_HEADER);
  const transport = attributes.get(NFTA_TRACE_TRANSPORT_HEADER) ?? Buffer.alloc(0);
  return {
    id: number(NFTA_TRACE_ID) ?? 0,
    family: families[body.readUInt8(0)] ?? '',
    table: text(NFTA_TRACE_TABLE),
    chain: text(NFTA_TRACE_CHAIN),
    type: types[number(NFTA_TRACE_TYPE) ?? 0] ?? 'unspec',
    verdict: verdictOf(code, verdict.get(NFTA_VERDICT_CHAIN)),
    ...(handle === undefined ? {} : { handle }),
    ...(network === undefined ? {} : { packet: Buffer.concat([network, transport]) }),
  };
}
