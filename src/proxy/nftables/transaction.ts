import { elementList, tableBlock } from './script.ts';
import { ipWord, type NftChain, type NftSet, type NftTable } from './values.ts';

/** What turns one table into another. */
export interface NftChange {
  /** One transaction for `nft -f`; it leaves the chains that are gone empty. Undefined when nothing changed. */
  readonly script: string | undefined;
  /** The chains that are gone, to be removed with `deleteChainsScript` a second later at the earliest. */
  readonly staleChains: readonly string[];
}

function sameLines(a: readonly string[], b: readonly string[]): boolean {
  return a === b || (a.length === b.length && a.every((line, at) => line === b[at]));
}

function sameElements(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean {
  if (a === b) return true;
  if (a.size !== b.size) return false;
  for (const [key, value] of a) if (b.get(key) !== value) return false;
  return true;
}

/** Chains with other rules than before, and those that use a set which is made anew. */
function changedChains(previous: NftTable, next: NftTable, remade: readonly string[]): (readonly [string, NftChain])[] {
  const uses = (chain: NftChain): boolean =>
    remade.length > 0 && chain.rules.some((rule) => remade.some((set) => rule.includes(`@${set} `)));
  const changed: (readonly [string, NftChain])[] = [];
  for (const [name, chain] of next.chains) {
    const old = previous.chains.get(name);
    const same = old === chain || (old !== undefined && sameLines(old.rules, chain.rules));
    if (!same || uses(chain)) changed.push([name, chain]);
  }
  return changed;
}

function missing<T>(from: ReadonlyMap<string, T>, other: ReadonlyMap<string, T>): string[] {
  return [...from.keys()].filter((name) => !other.has(name));
}

/** Lines that delete and add elements of a set that stays. A changed verdict is deleted and added again. */
function elementChange(title: string, old: NftSet, set: NftSet): { readonly out: string; readonly in: string } {
  if (sameElements(old.elements, set.elements)) return { out: '', in: '' };
  const out: [string, string][] = [];
  const added: [string, string][] = [];
  for (const [key, value] of old.elements) if (set.elements.get(key) !== value) out.push([key, '']);
  for (const [key, value] of set.elements) if (old.elements.get(key) !== value) added.push([key, value]);
  return {
    out: out.length === 0 ? '' : `delete element ${title} ${elementList(out)}\n`,
    in: added.length === 0 ? '' : `add element ${title} ${elementList(added)}\n`,
  };
}

function needsNewSet(previous: NftTable, next: NftTable, name: string): boolean {
  const [old, set] = [previous.sets.get(name), next.sets.get(name)];
  return old !== undefined && set !== undefined && !sameLines(old.header, set.header);
}

/**
 * The change from one table to the next, in the order that the kernel asks for: chains are emptied, elements and sets
 * go, new sets and chains come, elements come. Chains that are gone stay behind empty, because kernels before 6.2 count
 * deleted map elements as references for a while.
 */
export function nftTransaction(previous: NftTable, next: NftTable): NftChange {
  const name = `${ipWord(next.family)} kube-proxy`;
  const staleChains = missing(previous.chains, next.chains);
  const remade = [...next.sets.keys()].filter((set) => needsNewSet(previous, next, set));
  const chains = changedChains(previous, next, remade);
  const newSets = [...missing(next.sets, previous.sets), ...remade];
  const goneSets = [...missing(previous.sets, next.sets), ...remade];
  const elements = [...next.sets].flatMap(([set, value]) => {
    const old = previous.sets.get(set);
    return old === undefined || remade.includes(set) ? [] : [elementChange(`${name} ${set}`, old, value)];
  });
  const flushed = [...chains.map(([chain]) => chain).filter((chain) => previous.chains.has(chain)), ...staleChains];
  const definitions = newSets.flatMap((set) => {
    const value = next.sets.get(set);
    return value === undefined ? [] : [[set, value] as const];
  });
  const script = [
    ...flushed.map((chain) => `flush chain ${name} ${chain}\n`),
    ...elements.map((change) => change.out),
    ...goneSets.map((set) => `delete set ${name} ${set}\n`),
    definitions.length + chains.length === 0 ? '' : tableBlock(next, { sets: definitions, chains, withElements: true }),
    ...elements.map((change) => change.in),
  ].join('');
  return { script: script === '' ? undefined : script, staleChains };
}

/** Removes chains that `nftTransaction` left behind; undefined when there is none. */
export function deleteChainsScript(family: NftTable['family'], chains: readonly string[]): string | undefined {
  if (chains.length === 0) return undefined;
  return chains.map((chain) => `delete chain ${ipWord(family)} kube-proxy ${chain}\n`).join('');
}
