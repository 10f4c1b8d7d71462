import { ipWord, type NftChain, type NftSet, type NftTable } from './values.ts';

type Named<T> = Iterable<readonly [string, T]>;

function pushBlock(lines: string[], title: string, content: readonly string[]): void {
  lines.push(`\t${title} {`);
  for (const line of content) lines.push(`\t\t${line}`);
  lines.push('\t}');
}

/** `{ … }` with the elements of a set. */
export function elementList(elements: Named<string>): string {
  return `{ ${Array.from(elements, ([key, value]) => key + value).join(',\n\t\t\t')} }`;
}

/** Definitions of sets and chains inside of a table's block; sets with or without their elements. */
export function tableBlock(
  { family }: Pick<NftTable, 'family'>,
  parts: { readonly sets: Named<NftSet>; readonly chains: Named<NftChain>; readonly withElements: boolean },
): string {
  const lines = [`table ${ipWord(family)} kube-proxy {`, '\tcomment "rules for kube-proxy"'];
  for (const [name, { kind, header, elements }] of parts.sets) {
    const content = parts.withElements && elements.size > 0 ? [`elements = ${elementList(elements)}`] : [];
    pushBlock(lines, `${kind} ${name}`, [...header, ...content]);
  }
  for (const [name, { header, rules }] of parts.chains) pushBlock(lines, `chain ${name}`, [...header, ...rules]);
  lines.push('}', '');
  return lines.join('\n');
}

/** The whole table as `nft -f` loads it into a namespace without it, in the form of `nft list table`. */
export function tableScript(table: NftTable): string {
  return tableBlock(table, { sets: table.sets, chains: table.chains, withElements: true });
}

/** Number of chains of Services that one transaction of `tableScripts` makes. */
const chainsPerTransaction = 1000;

/**
 * The whole table in several scripts, each a transaction of its own, to be loaded in order. The kernel names anonymous
 * maps in time that grows with the square of their number in a transaction, so this is faster than `tableScript` from
 * some thousand Services on. An old table goes first; the new one takes packets only with the last script.
 */
export function tableScripts(table: NftTable): readonly string[] {
  const name = `${ipWord(table.family)} kube-proxy`;
  const all = [...table.chains];
  const hooks = all.filter(([, { header }]) => header.some((line) => line.startsWith('type ')));
  const plain = all.filter(([, { header }]) => !header.some((line) => line.startsWith('type ')));
  const empty = plain.map(([chain, { header }]) => [chain, { header, rules: [] }] as const);
  const skeleton = tableBlock(table, { sets: table.sets, chains: empty, withElements: false });
  const scripts = [`add table ${name}\ndelete table ${name}\n${skeleton}`];
  for (let at = 0; at < plain.length; at += chainsPerTransaction) {
    const rules = plain
      .slice(at, at + chainsPerTransaction)
      .map(([chain, value]) => [chain, { ...value, header: [] }] as const);
    scripts.push(tableBlock(table, { sets: [], chains: rules, withElements: false }));
  }
  const filled = Array.from(table.sets).filter(([, { elements }]) => elements.size > 0);
  scripts.push(
    filled.map(([set, { elements }]) => `add element ${name} ${set} ${elementList(elements)}\n`).join('') +
      tableBlock(table, { sets: [], chains: hooks, withElements: false }),
  );
  return scripts;
}
