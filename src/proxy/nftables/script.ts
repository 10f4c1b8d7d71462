import { ipWord, type NftChain, type NftSet, type NftTable } from './values.ts';

function block(lines: string[], title: string, content: readonly string[]): void {
  lines.push(`\t${title} {`);
  for (const line of content) lines.push(`\t\t${line}`);
  lines.push('\t}');
}

/** `elements = { … }` of a set, or nothing. */
function elementLines({ elements }: NftSet): string[] {
  if (elements.size === 0) return [];
  return [`elements = { ${Array.from(elements, ([key, value]) => key + value).join(',\n\t\t\t')} }`];
}

function addSets(lines: string[], sets: Iterable<readonly [string, NftSet]>, withElements: boolean): void {
  for (const [name, set] of sets) {
    block(lines, `${set.kind} ${name}`, [...set.header, ...(withElements ? elementLines(set) : [])]);
  }
}

function addChains(lines: string[], chains: Iterable<readonly [string, NftChain]>): void {
  for (const [name, { header, rules }] of chains) block(lines, `chain ${name}`, [...header, ...rules]);
}

function open(table: NftTable): string[] {
  return [`table ${ipWord(table.family)} kube-proxy {`, '\tcomment "rules for kube-proxy"'];
}

/** The whole table as `nft -f` loads it, in the form of `nft list table`. */
export function tableScript(table: NftTable): string {
  const lines = open(table);
  addSets(lines, table.sets, true);
  addChains(lines, table.chains);
  lines.push('}', '');
  return lines.join('\n');
}
