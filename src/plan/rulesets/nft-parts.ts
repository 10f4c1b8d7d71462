/** A set, map or chain as a table block of a script defines it. */
export interface NftDefinition {
  readonly kind: 'set' | 'map' | 'chain';
  readonly name: string;
  /** What stands between its braces, line by line. */
  readonly lines: readonly string[];
}

/** An element that a script deletes or adds. */
export interface NftElement {
  readonly set: string;
  /** The key, and in an added element what stands behind it. */
  readonly text: string;
}

/** A script of kube-proxy's table, taken apart. */
export interface NftParts {
  /** Name of the table with its family: `ip kube-proxy`. */
  readonly table: string;
  /** What a table block says of the table itself: its comment. */
  readonly tableLines: readonly string[];
  /** `add table …` and `delete table …`, in front of everything. */
  readonly tableCommands: readonly string[];
  readonly flushedChains: readonly string[];
  readonly deletedSets: readonly string[];
  readonly deletedChains: readonly string[];
  readonly deletedElements: readonly NftElement[];
  readonly definitions: readonly NftDefinition[];
  readonly addedElements: readonly NftElement[];
}

const command = /^(add|delete|flush) (table|chain|set|element) (\S+ \S+)(?: (\S+))?(?: \{ ([\s\S]*) \})?$/;
/** A table block in whole, or one command; the elements of a set take several lines. */
const statement = /^table (\S+ \S+) \{\n([\s\S]*?)^\}$|^(?:add|delete|flush) [^\n{]*(?:\{[^}]*\})?$/gm;
const definition = /^\t(set|map|chain) (\S+) \{\n([\s\S]*?)^\t\}$/gm;

function definitionsIn(block: string): NftDefinition[] {
  return Array.from(block.matchAll(definition), ([, kind, name = '', body = '']) => ({
    kind: kind as NftDefinition['kind'],
    name,
    lines: body.split('\n').slice(0, -1),
  }));
}

function elementsOf(set: string, list: string): NftElement[] {
  return list.split(',\n\t\t\t').map((text) => ({ set, text }));
}

/** Takes a script apart that tableScripts, nftTransaction or deleteChainsScript made; it is not for others. */
export function nftParts(script: string): NftParts {
  const parts = {
    table: '',
    tableLines: [] as readonly string[],
    tableCommands: [] as string[],
    flushedChains: [] as string[],
    deletedSets: [] as string[],
    deletedChains: [] as string[],
    deletedElements: [] as NftElement[],
    definitions: [] as NftDefinition[],
    addedElements: [] as NftElement[],
  };
  for (const [text, blockTable, block] of script.matchAll(statement)) {
    if (block !== undefined) {
      parts.table = blockTable ?? '';
      parts.tableLines = block.split('\n').filter((line) => line.startsWith('\tcomment '));
      parts.definitions.push(...definitionsIn(block));
      continue;
    }
    const [, verb, what, table = '', name = '', list = ''] = command.exec(text) ?? [];
    parts.table = table;
    if (what === 'table') parts.tableCommands.push(text);
    else if (what === 'element')
      (verb === 'add' ? parts.addedElements : parts.deletedElements).push(...elementsOf(name, list));
    else if (verb === 'flush') parts.flushedChains.push(name);
    else (what === 'set' ? parts.deletedSets : parts.deletedChains).push(name);
  }
  return parts;
}
