import type { Family, IP } from '../../net/address.ts';
import type { Fraction } from '../fraction.ts';
import type { Outcome } from '../types.ts';

/** Where in the kernel's path of a packet rules may stand (netfilter's hooks of the IP families). */
export type Hook = 'prerouting' | 'input' | 'forward' | 'output' | 'postrouting';

/**
 * What conntrack says about the packet: `none` before it has seen the packet (raw tables), `untracked` after NOTRACK.
 */
export type ConnectionState = 'none' | 'new' | 'established' | 'related' | 'invalid' | 'untracked';

/** Addresses and ports of a packet in one direction, as in an entry of conntrack. */
export interface Tuple {
  readonly source: IP;
  readonly destination: IP;
  readonly sourcePort?: number;
  readonly destinationPort?: number;
}

/** The entry of conntrack that the packet belongs to. */
export interface Connection {
  readonly state: ConnectionState;
  readonly direction: 'original' | 'reply';
  /** The packet as it was before any NAT, in the original direction. */
  readonly original: Tuple;
  /** Whether its destination, its source has been rewritten. */
  readonly dnat: boolean;
  readonly snat: boolean;
  /** The connection's mark (connmark), an unsigned number of 32 bits. */
  readonly mark: number;
}

/** A packet at one point of its way through the node. Values are never changed in place. */
export interface Packet extends Tuple {
  readonly family: Family;
  /** `tcp`, `udp`, `sctp`, `icmp`, `icmpv6`, or another name or number of /etc/protocols. */
  readonly protocol: string;
  /** For icmp and icmpv6 only; an echo request unless said otherwise. */
  readonly icmpType?: number;
  readonly icmpCode?: number;
  /** The packet's mark (fwmark), an unsigned number of 32 bits. */
  readonly mark: number;
  /** Absent for a packet that the node itself makes. `lo` once such a packet comes back by the loopback device. */
  readonly inInterface?: string;
  /** Known from routing on. */
  readonly outInterface?: string;
  readonly connection: Connection;
  /**
   * What rules have remembered about this packet (`recent --set`, dynamic sets): how often, by a key that the rule set
   * chooses. What was remembered before the packet came is not in a dump.
   */
  readonly remembered: ReadonlyMap<string, number>;
  /** Set by TPROXY: the local socket that gets the packet if routing keeps it on the node. */
  readonly socket?: { readonly address: IP; readonly port: number };
}

/** Addresses or ports from first to last, both included. */
export interface Range<T> {
  readonly first: T;
  readonly last: T;
}

/**
 * NAT that a rule asks for. `masquerade` takes the address of the outgoing device, `redirect` one of the node itself;
 * what is absent stays as it is. Who walks applies it, once per direction and connection.
 */
export type Translation =
  | { readonly to: 'destination' | 'source'; readonly addresses?: Range<IP>; readonly ports?: Range<number> }
  | { readonly to: 'masquerade'; readonly ports?: Range<number> }
  | { readonly to: 'redirect'; readonly ports?: Range<number> };

/**
 * What one base chain says of a packet. `accept` ends this base chain only; the next one by priority still sees the
 * packet. `unknown` is said when a rule decides that svclab does not understand.
 */
export type Verdict =
  | { readonly kind: 'accept'; readonly translation?: Translation }
  | { readonly kind: 'drop' }
  /** `with` as iptables writes it: `icmp-port-unreachable`, `tcp-reset`, `icmp6-adm-prohibited`… */
  | { readonly kind: 'reject'; readonly with: string }
  | { readonly kind: 'unknown'; readonly reason: string };

/** A rule that matched. */
export interface RuleHit {
  /** Line in the file, from 1. */
  readonly line: number;
  /** `nat`; with its family for nft: `ip kube-proxy`. */
  readonly table: string;
  readonly chain: string;
  /** The rule as the dump writes it. */
  readonly rule: string;
  /** What it did, in the words of the rules: `jump KUBE-SVC-X`, `mark 0x4000`, `dnat 10.244.1.2:80`, `accept`… */
  readonly verdict: string;
  /** How likely the rule matches where its chain chooses by chance. */
  readonly chance?: Fraction;
}

/** One of the things that may happen to a packet in a base chain. */
export interface Branch {
  /** The packet as it is afterwards: marks, remembered things. NAT is in the verdict and not done yet. */
  readonly packet: Packet;
  /** Share of the packets that entered the base chain; the shares of all branches sum to 1. */
  readonly share: Fraction;
  readonly verdict: Verdict;
  /** In the order in which they matched; a policy is no rule and not among them. */
  readonly hits: readonly RuleHit[];
  /** Rules of the chains on the way that match too, but after another one has decided. Only when asked for. */
  readonly shadowed: readonly RuleHit[];
  /** Sentences about what no dump tells and therefore was taken for granted. */
  readonly assumed: readonly string[];
}

/** What the kernel thinks an address is, in the words of `addrtype` and of nft's `fib … type`. */
export type AddressType =
  | 'unspec'
  | 'unicast'
  | 'local'
  | 'broadcast'
  | 'anycast'
  | 'multicast'
  | 'blackhole'
  | 'unreachable'
  | 'prohibit';

/** What routing is asked. */
export interface RouteQuestion {
  readonly destination: IP;
  readonly source?: IP;
  readonly mark?: number;
  /** Where the packet came in; absent for the node's own. */
  readonly inInterface?: string;
  readonly outInterface?: string;
  readonly protocol?: string;
  readonly sourcePort?: number;
  readonly destinationPort?: number;
}

/** What routing answers. */
export interface RouteAnswer {
  readonly type: AddressType;
  readonly device?: string;
  readonly gateway?: IP;
  /** Preferred source address of the route. */
  readonly source?: IP;
  /** Share, when a multipath route has several next hops. */
  readonly share: Fraction;
  /** Line of the route in the file; absent when it was assumed. */
  readonly line?: number;
  /** The route as the dump writes it. */
  readonly text: string;
  readonly assumed?: string;
}

/** What rules may ask about the node besides the packet itself. */
export interface World {
  /** With `device`: local only when the address is one of that device. */
  readonly addressType: (address: IP, device?: string) => AddressType;
  /** One answer, or several of a multipath route; their shares sum to 1. `unreachable` when there is no route. */
  readonly route: (question: RouteQuestion) => readonly RouteAnswer[];
  /** An ipset by name; undefined when the dump has none of that name. */
  readonly set: (name: string) => AddressSet | undefined;
  /** Value of a sysctl as text, such as `net.ipv4.ip_forward`; undefined when the dump does not tell. */
  readonly sysctl: (name: string) => string | undefined;
  /** Whether rules that would have matched are wanted, too. */
  readonly wantsShadowed: boolean;
}

/** A set of `ipset save`. */
export interface AddressSet {
  readonly name: string;
  /** `hash:ip,port`, `list:set`… */
  readonly type: string;
  /** Whether the packet is in the set, its fields taken as `src` and `dst` say; a reason when it cannot be told. */
  readonly has: (packet: Packet, directions: readonly ('src' | 'dst')[]) => boolean | { readonly unknown: string };
}

/** A chain that hangs at a hook, whatever program made it. */
export interface BaseChain {
  readonly family: Family;
  readonly hook: Hook;
  /** Netfilter's priority: raw -300, mangle -150, dstnat -100, filter 0, srcnat 100. Less comes first. */
  readonly priority: number;
  /** `nat` chains see only the first packet of a connection, and only until one of them has translated it. */
  readonly type: 'filter' | 'nat' | 'route';
  readonly table: string;
  readonly chain: string;
  readonly run: (packet: Packet, world: World) => readonly Branch[];
}

/** The rules that one section of a dump holds. */
export interface RuleSet {
  /** Name of its RuleSetKind. */
  readonly kind: string;
  /** Every base chain of every family, in any order. */
  readonly baseChains: readonly BaseChain[];
  /** Sentences about what the section holds and svclab does not understand, with lines. */
  readonly unknown: readonly string[];
}

/** One section of a dump: what one command printed. */
export interface Section {
  /** The command as its heading has it, such as `iptables-save -c`. */
  readonly command: string;
  readonly text: string;
  readonly file: string;
  /** Line in the file of the text's first line, from 1. */
  readonly line: number;
}

/** A kind of rules that svclab can read: one folder, one line in registry.ts. */
export interface RuleSetKind {
  readonly name: string;
  /** Whether a section headed by this command holds such rules. */
  readonly isCommand: (command: string) => boolean;
  /** The command that printed a text without a heading, if it looks like such rules. Sees the first lines only. */
  readonly recognise: (lines: readonly string[]) => string | undefined;
  /** Throws `usage` with the line where the text is damaged. */
  readonly parse: (section: Section) => RuleSet;
}

/** What becomes of a walked packet. */
export type WalkOutcome = Exclude<Outcome, 'nxdomain'> | 'unknown';

/** One connection to walk. */
export interface WalkQuestion {
  readonly source: IP;
  readonly destination: IP;
  readonly protocol: string;
  /** Absent for icmp. */
  readonly port?: number;
  /** Interface that the packet arrives on; absent: the node itself makes it. */
  readonly inInterface?: string;
}
