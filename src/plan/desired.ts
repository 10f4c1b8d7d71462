import type { Cidr, IP, Mac } from '../net/address.ts';
import type { NftTable } from './rulesets/nft-table.ts';

/** What every network namespace of a lab should hold; plain data, compared by value. */
export interface DesiredLab {
  /** In the order in which they are made. */
  readonly namespaces: readonly DesiredNetns[];
}

/** One network namespace: its links and what hangs on them. */
export interface DesiredNetns {
  /** Name under /run/netns: `node1`, `pod_default_web-0`, `client_laptop`, `fabric`. */
  readonly name: string;
  readonly sysctls: readonly Sysctl[];
  readonly links: readonly DesiredLink[];
  readonly addresses: readonly DesiredAddress[];
  readonly routes: readonly DesiredRoute[];
  readonly rules: readonly DesiredRule[];
  readonly neighbours: readonly DesiredNeighbour[];
  readonly fdb: readonly DesiredFdbEntry[];
  /** Netfilter rules, one text per loader; absent when svclab loads none there. */
  readonly rulesets: readonly Ruleset[];
  /** Small files that processes of the namespace see, such as /run/flannel/subnet.env. */
  readonly files: readonly DesiredFile[];
}

/** `sysctl -w key=value`; the key in the dotted form without the leading `net.`'s file path, e.g. `net.ipv4.ip_forward`. */
export interface Sysctl {
  readonly key: string;
  readonly value: string;
}

/** A link; `lo` is always there and up. */
export type DesiredLink = VethLink | BridgeLink | VxlanLink;

interface LinkBase {
  readonly name: string;
  readonly mtu?: number;
  readonly mac?: Mac;
  /** Bridge of the same namespace that the link is a port of. */
  readonly master?: string;
  /** Bridge port sends frames back out of where they came in, for a Pod that reaches itself through a Service. */
  readonly hairpin?: boolean;
  /** Administratively down. Never desired; found when the state of a running lab is read back. */
  readonly down?: true;
}

/** One end of a veth pair. The pair is made with the end for which `peer` is given; the other end has no `peer`. */
export interface VethLink extends LinkBase {
  readonly kind: 'veth';
  readonly peer?: { readonly netns: string; readonly name: string };
}

export interface BridgeLink extends LinkBase {
  readonly kind: 'bridge';
}

export interface VxlanLink extends LinkBase {
  readonly kind: 'vxlan';
  readonly vni: number;
  readonly port: number;
  readonly local: IP;
  /** The underlay device. */
  readonly device: string;
  readonly learning?: boolean;
  readonly gbp?: boolean;
}

export interface DesiredAddress {
  readonly device: string;
  readonly address: IP;
  readonly prefix: number;
}

export interface DesiredRoute {
  /** `default` is 0.0.0.0/0 or ::/0. */
  readonly to: Cidr;
  readonly kind?: 'unicast' | 'blackhole' | 'unreachable';
  readonly via?: IP;
  readonly device?: string;
  readonly onlink?: boolean;
  readonly scope?: 'link';
  readonly source?: IP;
  /** Several next hops, each equally likely, instead of `via`. */
  readonly nexthops?: readonly { readonly via: IP; readonly device: string }[];
  readonly table?: number;
  readonly metric?: number;
  /** Set for a route that the kernel makes by itself, for the network of an address. */
  readonly protocol?: 'kernel';
}

/** `ip rule add`: which routing table a packet is looked up in. */
export interface DesiredRule {
  readonly family: 'ipv4' | 'ipv6';
  readonly priority: number;
  readonly from?: Cidr;
  readonly to?: Cidr;
  readonly inputDevice?: string;
  readonly action: { readonly table: number } | 'blackhole' | 'unreachable';
}

export interface DesiredNeighbour {
  readonly device: string;
  readonly address: IP;
  readonly mac: Mac;
}

/** `bridge fdb … self permanent`: behind which underlay address a VTEP's MAC lives. */
export interface DesiredFdbEntry {
  readonly device: string;
  readonly mac: Mac;
  readonly destination: IP;
}

/** Netfilter rules that one program keeps in one namespace and family. */
export type Ruleset = IptablesRuleset | NftRuleset;

interface RulesetBase {
  /** Whose rules they are, in the order in which the programs start on a node. */
  readonly owner: 'kube-proxy' | 'flannel' | 'fabric';
}

/** Rules that `iptables-restore` or `ip6tables-restore` loads. */
export interface IptablesRuleset extends RulesetBase {
  readonly loader: 'iptables' | 'ip6tables';
  readonly tables: readonly RulesetTable[];
}

/** A table that `nft -f` loads. */
export interface NftRuleset extends RulesetBase {
  readonly loader: 'nft';
  readonly table: NftTable;
}

/** One iptables table as svclab wants it. Rules of other programs in the same table are left alone. */
export interface RulesetTable {
  readonly table: string;
  /** svclab's own chains and their rules, in restore form without `-A CHAIN`. */
  readonly chains: ReadonlyMap<string, readonly string[]>;
  /** Rules that must be in built-in chains; `first` ones are inserted at the top, the others appended. */
  readonly jumps: readonly { readonly chain: string; readonly rule: string; readonly position: 'first' | 'last' }[];
}

export interface DesiredFile {
  readonly path: string;
  readonly content: string;
  /** Whose processes see it, of a Pod on its node's network; all of the namespace when absent. */
  readonly owner?: string;
}
