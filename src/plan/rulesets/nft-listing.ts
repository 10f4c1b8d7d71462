import type { Family } from '../../net/address.ts';
import type { NftChain, NftSet, NftTable } from './nft-table.ts';

/**
 * kube-proxy's table of one family in the output of `nft list ruleset`, or undefined when it is not there. Elements of
 * sets keep what stands behind their key.
 */
export function readListing(text: string, family: Family): NftTable | undefined {
  const title = `table ${family === 'ipv4' ? 'ip' : 'ip6'} kube-proxy {`;
  const start = text.startsWith(title) ? 0 : text.indexOf(`\n${title}`);
  if (start < 0) return undefined;
  const end = text.indexOf('\n}', start);
  const sets = new Map<string, NftSet>();
  const chains = new Map<string, NftChain>();
  for (const { kind, name, lines } of blocks(text.slice(start, end < 0 ? undefined : end))) {
    if (kind === 'chain') chains.set(name, readChain(lines));
    else sets.set(name, readSet(kind, lines));
  }
  return { family, sets, chains };
}

interface Block {
  readonly kind: 'set' | 'map' | 'chain';
  readonly name: string;
  readonly lines: readonly string[];
}

function* blocks(table: string): Generator<Block> {
  let open: { kind: Block['kind']; name: string; lines: string[] } | undefined;
  for (const line of table.split('\n')) {
    const title = /^\t(set|map|chain) (\S+) \{$/.exec(line);
    if (title !== null) open = { kind: title[1] as Block['kind'], name: title[2] ?? '', lines: [] };
    else if (line === '\t}' && open !== undefined) {
      yield open;
      open = undefined;
    } else if (line.trim() !== '') open?.lines.push(line.slice(2));
  }
}

/** Statements of a chain that are not rules. */
const chainHeader = /^(type .* hook |comment ")/;

function readChain(lines: readonly string[]): NftChain {
  return {
    header: lines.filter((line) => chainHeader.test(line)),
    rules: lines.filter((line) => !chainHeader.test(line)),
  };
}

function readSet(kind: 'set' | 'map', lines: readonly string[]): NftSet {
  const at = lines.findIndex((line) => line.startsWith('elements = {'));
  if (at < 0) return { kind, header: lines, elements: new Map() };
  const list = lines
    .slice(at)
    .join(' ')
    .replace(/^elements = \{\s*/, '')
    .replace(/\s*\}$/, '');
  return { kind, header: lines.slice(0, at), elements: new Map(splitElements(list).map(splitElement)) };
}

/** The elements of a list; commas inside of comments do not count. */
function splitElements(list: string): string[] {
  return (list.match(/(?:"[^"]*"|[^,"])+/g) ?? []).map((element) => element.trim().replace(/\s+/g, ' '));
}

function splitElement(element: string): [string, string] {
  const at = /( comment "| : )/.exec(element)?.index ?? element.length;
  return [element.slice(0, at), element.slice(at)];
}
