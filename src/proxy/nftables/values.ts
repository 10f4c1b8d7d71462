import type { Family } from '../../net/address.ts';

/** A set, or a map to verdicts. Elements of a map have a value, those of a set an empty one. */
export interface NftSet {
  readonly kind: 'set' | 'map';
  /** Everything but the elements, one statement a line: `type ipv4_addr`, `comment "…"`, `timeout 3h`. */
  readonly header: readonly string[];
  /** Key to what stands behind it: `` or ` : goto CHAIN` or ` comment "…" : drop`. The kernel fills dynamic sets. */
  readonly elements: ReadonlyMap<string, string>;
}

/** A chain; the header holds its hook and comment. */
export interface NftChain {
  readonly header: readonly string[];
  readonly rules: readonly string[];
}

/** kube-proxy's table of one family, as values that can be compared. Names to contents, in the order of making. */
export interface NftTable {
  readonly family: Family;
  readonly sets: ReadonlyMap<string, NftSet>;
  readonly chains: ReadonlyMap<string, NftChain>;
}

/** Names of the sets and maps that all Services share. */
export const sharedSets = [
  'hairpin-connections',
  'cluster-ips',
  'no-endpoint-services',
  'no-endpoint-nodeports',
  'firewall-ips',
  'service-ips',
  'service-nodeports',
] as const;

/** One of the shared sets and maps. */
export type SharedSet = (typeof sharedSets)[number];

/** What one Service port adds to the table. */
export interface NftServiceRules {
  readonly elements: readonly { readonly set: SharedSet; readonly key: string; readonly value: string }[];
  readonly sets: ReadonlyMap<string, NftSet>;
  readonly chains: ReadonlyMap<string, NftChain>;
}

/** Word for the family in rules: `ip` or `ip6`. */
export function ipWord(family: Family): 'ip' | 'ip6' {
  return family === 'ipv4' ? 'ip' : 'ip6';
}

/** Type of an address in sets: `ipv4_addr` or `ipv6_addr`. */
export function addressType(family: Family): 'ipv4_addr' | 'ipv6_addr' {
  return family === 'ipv4' ? 'ipv4_addr' : 'ipv6_addr';
}
