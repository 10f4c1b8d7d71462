import { listedSourceFilter } from '../../proxy/nftables/address-set.ts';
import { listedHighestMark } from '../../proxy/nftables/rule.ts';
import { tableScripts } from '../../proxy/nftables/script.ts';
import { deleteChainsScript, nftTransaction } from '../../proxy/nftables/transaction.ts';
import { ipWord } from '../../proxy/nftables/values.ts';
import type { NftRuleset } from '../desired.ts';
import type { RulesetLoader } from './loader.ts';
import { readListing } from './nft-listing.ts';
import type { NftChain, NftTable } from './nft-table.ts';

/** The kernel fills these sets itself. */
function isDynamic(header: readonly string[]): boolean {
  return header.some((line) => line.startsWith('flags') && line.includes('dynamic'));
}

/** Chains that are gone stay behind empty: kernels before 6.2 refuse to delete them at once (see nftTransaction). */
function change(before: NftTable, after: NftTable): string[] {
  const { script } = nftTransaction(before, after);
  return script === undefined ? [] : [script];
}

function staleChains(listed: NftTable, wanted: NftTable): string[] {
  return [...listed.chains]
    .filter(([name, { rules }]) => !wanted.chains.has(name) && rules.length === 0)
    .map(([name]) => name);
}

/** The listed table with what is nobody's fault put as wanted: the order of things, elements of dynamic sets. */
function asWanted(listed: NftTable, wanted: NftTable): NftTable {
  const sets = [...listed.sets].map(([name, set]) => {
    const own = wanted.sets.get(name);
    if (own === undefined || !sameLines(own.header, set.header)) return [name, set] as const;
    return [name, isDynamic(own.header) ? own : { ...set, header: own.header }] as const;
  });
  const stale = new Set(staleChains(listed, wanted));
  const chains = [...listed.chains]
    .filter(([name]) => !stale.has(name))
    .map(([name, chain]) => [name, asWritten(chain, wanted.chains.get(name))] as const);
  return { ...listed, sets: new Map(sets), chains: new Map(chains) };
}

/** The listed chain with those rules as wanted that nft lists in another form than it takes them. */
function asWritten(listed: NftChain, wanted: NftChain | undefined): NftChain {
  if (wanted === undefined) return listed;
  const rules = listed.rules.map((rule, at) => {
    const own = wanted.rules[at];
    if (own === undefined || own === rule) return rule;
    return rule === listedSourceFilter(own) || rule === listedHighestMark(own) ? own : rule;
  });
  return { ...listed, rules };
}

function sameLines(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && [...a].sort().join('\n') === [...b].sort().join('\n');
}

function repair(saved: string, { table }: NftRuleset): readonly string[] {
  const listed = readListing(saved, table.family);
  return listed === undefined ? tableScripts(table) : change(asWanted(listed, table), table);
}

function cleanup(saved: string, { table }: NftRuleset): string[] {
  const listed = readListing(saved, table.family);
  const script = listed === undefined ? undefined : deleteChainsScript(table.family, staleChains(listed, table));
  return script === undefined ? [] : [script];
}

/** Loader nft: scripts for `nft -f`. */
export const nftLoader: RulesetLoader<NftRuleset> = {
  load: ({ table }) => tableScripts(table),
  change: (before, after) => (before.table === after.table ? [] : change(before.table, after.table)),
  removal: ({ table }) => [`delete table ${ipWord(table.family)} kube-proxy\n`],
  repair,
  cleanup,
};
