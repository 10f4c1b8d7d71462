import type { Ruleset, RulesetTable } from './desired.ts';

/** One table as `iptables-save` shows it: rules by chain, without `-A CHAIN`. */
type SavedTable = ReadonlyMap<string, readonly string[]>;

/** The tables of an `iptables-save` text. */
export function readSave(text: string): ReadonlyMap<string, SavedTable> {
  const tables = new Map<string, Map<string, string[]>>();
  let table = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    if (line.startsWith('*')) {
      table = new Map();
      tables.set(line.slice(1), table);
    } else if (line.startsWith(':')) table.set(line.slice(1, line.indexOf(' ')), []);
    else if (line.startsWith('-A ')) {
      const end = line.indexOf(' ', 3);
      const chain = end < 0 ? line.slice(3) : line.slice(3, end);
      table.get(chain)?.push(end < 0 ? '' : line.slice(end + 1));
    }
  }
  return tables;
}

/**
 * The restore text that puts the wanted rules back where the saved rules differ, or undefined when none does: changed
 * chains are emptied and written anew, lost jumps come back in their place. Other chains and rules stay.
 */
export function rulesetRepair(saved: string, wanted: readonly Ruleset[]): string | undefined {
  const found = readSave(saved);
  const texts = wanted
    .flatMap(({ tables }) => tables)
    .map((table) => tableRepair(found.get(table.table) ?? new Map(), table))
    .filter((text) => text !== '');
  return texts.length === 0 ? undefined : texts.join('');
}

function tableRepair(found: SavedTable, wanted: RulesetTable): string {
  const changed = [...wanted.chains].filter(([chain, rules]) => !sameRules(found.get(chain), rules));
  const lost = wanted.jumps.filter(({ chain, rule }) => !found.get(chain)?.includes(rule));
  if (changed.length === 0 && lost.length === 0) return '';
  const first = lost.filter(({ position }) => position === 'first').reverse();
  const last = lost.filter(({ position }) => position === 'last');
  return [
    `*${wanted.table}`,
    ...changed.map(([chain]) => `:${chain} - [0:0]`),
    ...changed.flatMap(([chain, rules]) => rules.map((rule) => `-A ${chain} ${rule}`)),
    ...first.map(({ chain, rule }) => `-I ${chain} 1 ${rule}`),
    ...last.map(({ chain, rule }) => `-A ${chain} ${rule}`),
    'COMMIT',
    '',
  ].join('\n');
}

function sameRules(found: readonly string[] | undefined, wanted: readonly string[]): boolean {
  return found?.length === wanted.length && wanted.every((rule, i) => rule === found[i]);
}
