import type { Family } from '../../net/address.ts';
import type { NftChain, NftSet, NftTable } from '../../plan/rulesets/nft-table.ts';

export type { NftChain, NftSet, NftTable };

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
