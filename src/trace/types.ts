import type { Outcome, Prediction } from '../model/types.ts';

/** A packet as it passed an interface. Sockets are `ip:port`; addresses alone for ICMP. */
export interface TracedPacket {
  readonly event: 'packet';
  readonly direction: 'in' | 'out';
  readonly interface: string;
  readonly source: string;
  readonly destination: string;
  /** `SYN`, `SYN ACK`, `RST`, `UDP`, `echo request`, `port unreachable`… */
  readonly kind: string;
  /** The VXLAN datagram around it: VNI, and the sockets of the nodes. */
  readonly vxlan?: { readonly vni: number; readonly source: string; readonly destination: string };
}

/** A rule that the packet met, by the kernel's own account. */
export interface TracedRule {
  readonly event: 'rule';
  /** `PREROUTING`, `INPUT`, `FORWARD`, `OUTPUT`, `POSTROUTING`. */
  readonly hook: string;
  /** `nat`; of nftables with the family: `ip kube-proxy`. */
  readonly table: string;
  readonly chain: string;
  /** Number in its chain, from 1; absent where a chain ended without a rule that decided. */
  readonly number?: number;
  /** The rule as the dump writes it; `policy` or `end of the chain` where a chain ended. */
  readonly rule: string;
}

export type TraceEvent = TracedPacket | TracedRule;

/** One visit of the packet to a network namespace. */
export interface TraceHop {
  /** `pod/NAMESPACE/NAME`, `node/NAME`, `client/NAME` or `fabric`. */
  readonly where: string;
  readonly events: readonly TraceEvent[];
}

/** What conntrack of a node recorded of the connection. */
export interface NatRecord {
  readonly where: string;
  /** As the request came to the node. */
  readonly source: string;
  readonly destination: string;
  /** As it left it. */
  readonly newSource: string;
  readonly newDestination: string;
}

/** One line of the comparison of what was predicted with what was seen. */
export interface TraceComparison {
  readonly what: string;
  readonly predicted: string;
  readonly seen: string;
  readonly agrees: boolean;
}

/** What became of the connection, as its packets tell. */
export interface TraceOutcome {
  readonly outcome: Outcome;
  readonly endpoint?: string;
  readonly pod?: string;
  readonly source?: string;
}

/** What `svclab trace` found out about one connection. Part of the documented interface. */
export interface TraceReport {
  readonly from: string;
  readonly to: string;
  readonly predicted: readonly Prediction[];
  readonly seen: TraceOutcome;
  /** The first packet's way there. */
  readonly request: readonly TraceHop[];
  /** The way of the first packet that came back; empty when none did. */
  readonly answer: readonly TraceHop[];
  readonly nat: readonly NatRecord[];
  readonly comparison: readonly TraceComparison[];
  readonly agrees: boolean;
  /** Whether the kernel had more to tell than there was room for: rules may be missing then. */
  readonly incomplete: boolean;
}
