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
