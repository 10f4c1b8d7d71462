import { type NftDefinition, type NftElement, type NftParts, nftParts } from './nft-parts.ts';

/** What has to happen in one transaction. Within a transaction, kinds of commands stand in the order of the fields. */
interface Unit {
  readonly commands?: readonly string[];
  readonly deleted?: readonly NftElement[];
  readonly definitions?: readonly NftDefinition[];
  readonly added?: readonly NftElement[];
  readonly last?: readonly string[];
}

/** Added after all others: an address in this set refuses ports that no Service has (yet). */
const refusing = 'cluster-ips';

function isHook({ kind, lines }: NftDefinition): boolean {
  return kind === 'chain' && lines.some((line) => line.startsWith('\t\ttype '));
}

function definitionText({ kind, name, lines }: NftDefinition): string {
  return [`\t${kind} ${name} {`, ...lines, '\t}', ''].join('\n');
}

function elementCommands(verb: 'add' | 'delete', table: string, elements: readonly NftElement[]): string {
  return Array.from(Map.groupBy(elements, ({ set }) => set))
    .map(([set, own]) => `${verb} element ${table} ${set} { ${own.map(({ text }) => text).join(',\n\t\t\t')} }\n`)
    .join('');
}

function render({ table, tableLines }: NftParts, units: readonly Unit[]): string {
  const lines = (pick: (unit: Unit) => readonly string[] | undefined) =>
    units.flatMap((unit) => (pick(unit) ?? []).map((line) => `${line}\n`)).join('');
  const definitions = units.flatMap((unit) => unit.definitions ?? []);
  return [
    lines(({ commands }) => commands),
    elementCommands(
      'delete',
      table,
      units.flatMap(({ deleted }) => deleted ?? []),
    ),
    definitions.length === 0
      ? ''
      : `table ${table} {\n${tableLines.join('\n')}\n${definitions.map(definitionText).join('')}}\n`,
    elementCommands(
      'add',
      table,
      units.flatMap(({ added }) => added ?? []),
    ),
    lines(({ last }) => last),
  ].join('');
}

/** Sets that are made anew, and the chains that use them: groups that share no set. */
function remadeGroups(parts: NftParts): readonly NftDefinition[][] {
  const remade = new Map(
    parts.definitions
      .filter(({ kind, name }) => kind !== 'chain' && parts.deletedSets.includes(name))
      .map((set) => [set.name, set]),
  );
  if (remade.size === 0) return [];
  const groups = new Map(Array.from(remade.values(), (set) => [set.name, [set]]));
  for (const chain of parts.definitions.filter(({ kind }) => kind === 'chain')) {
    const used = chain.lines.flatMap((line) => Array.from(line.matchAll(/@(\S+)/g), ([, name = '']) => name));
    const together = new Set(used.flatMap((name) => groups.get(name) ?? []));
    if (together.size === 0) continue;
    const group = [...together, chain];
    for (const { name } of group) if (groups.has(name)) groups.set(name, group);
  }
  return [...new Set(groups.values())];
}

function emptied({ name, kind, lines }: NftDefinition): NftDefinition {
  return { name, kind, lines: lines.filter((line) => line.startsWith('\t\tcomment ')) };
}

function hasRules(chain: NftDefinition): boolean {
  return emptied(chain).lines.length < chain.lines.length;
}

function definitionUnits(parts: NftParts): { readonly first: Unit[]; readonly hooks: Unit[] } {
  const flushed = new Set(parts.flushedChains);
  const groups = remadeGroups(parts);
  const grouped = new Set(groups.flat());
  const chains = parts.definitions.filter(({ kind }) => kind === 'chain');
  const added = chains.filter(({ name }) => !flushed.has(name));
  const flush = ({ kind, name }: NftDefinition): string[] =>
    kind === 'chain' && flushed.has(name) ? [`flush chain ${parts.table} ${name}`] : [];
  const unit = (...definitions: readonly NftDefinition[]): Unit => ({
    commands: [
      ...definitions.flatMap(flush),
      ...definitions.filter(({ kind }) => kind !== 'chain').map(({ name }) => `delete set ${parts.table} ${name}`),
    ],
    definitions,
  });
  const single = chains.filter((chain) => !grouped.has(chain) && !isHook(chain));
  const sets = parts.definitions.filter((item) => item.kind !== 'chain' && !grouped.has(item));
  return {
    first: [
      ...sets.map((set) => ({ definitions: [set] })),
      ...added.filter((chain) => !isHook(chain)).map((chain) => ({ definitions: [emptied(chain)] })),
      ...single.filter((chain) => !flushed.has(chain.name) && hasRules(chain)).map((chain) => unit(chain)),
      ...single.filter(({ name }) => flushed.has(name)).map((chain) => unit(chain)),
      ...groups.map((group) => unit(...group)),
    ],
    hooks: chains.filter((chain) => isHook(chain) && !grouped.has(chain)).map((chain) => unit(chain)),
  };
}

const keyOf = ({ set, text }: NftElement): string => `${set} ${text.replace(/( comment "| : )[\s\S]*$/, '')}`;

/** A verdict that changes does so in one transaction; nothing is taken away before all else has come. */
function elementUnits({ addedElements, deletedElements }: NftParts): { readonly come: Unit[]; readonly go: Unit[] } {
  const deleted = new Map(deletedElements.map((element) => [keyOf(element), element]));
  const come = addedElements.map((element): Unit => {
    const old = deleted.get(keyOf(element));
    deleted.delete(keyOf(element));
    return { added: [element], ...(old === undefined ? {} : { deleted: [old] }) };
  });
  const refuses = ({ added }: Unit): boolean => added?.[0]?.set === refusing;
  return {
    come: [...come.filter((unit) => !refuses(unit)), ...come.filter(refuses)],
    go: Array.from(deleted.values(), (element) => ({ deleted: [element] })),
  };
}

function goneUnits({ table, flushedChains, deletedSets, deletedChains, definitions }: NftParts): Unit[] {
  const defined = new Set(definitions.map(({ name }) => name));
  const gone = (names: readonly string[]) => names.filter((name) => !defined.has(name));
  return [
    ...gone(flushedChains).map((name) => ({ commands: [`flush chain ${table} ${name}`] })),
    ...gone(deletedSets).map((name) => ({ last: [`delete set ${table} ${name}`] })),
    ...deletedChains.map((name) => ({ last: [`delete chain ${table} ${name}`] })),
  ];
}

/**
 * A script as several, each a transaction of at most so many characters, to be loaded in order: for users whose netlink
 * messages are limited. New sets and chains come first, then rules of chains that change, then elements, then hooks; at
 * the end goes what is gone. So no connection meets a Service that is half there: it finds the old state or the new one.
 * What cannot be parted, such as one rule, may be longer.
 */
export function splitNftScript(script: string, limit: number): readonly string[] {
  if (script.length <= limit) return [script];
  const parts = nftParts(script);
  const { first, hooks } = definitionUnits(parts);
  const { come, go } = elementUnits(parts);
  const units = [{ commands: parts.tableCommands }, ...first, ...come, ...hooks, ...go, ...goneUnits(parts)];
  const scripts: string[] = [];
  let open: Unit[] = [];
  let length = 0;
  for (const unit of units) {
    const own = render(parts, [unit]).length;
    if (length + own > limit && open.length > 0) {
      scripts.push(render(parts, open));
      open = [];
      length = 0;
    }
    open.push(unit);
    length += own;
  }
  return [...scripts, render(parts, open)].filter((text) => text !== '');
}
