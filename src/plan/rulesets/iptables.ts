import { rulesetIncrement } from '../../proxy/iptables/increment.ts';
import { restoreText } from '../../proxy/iptables/restore.ts';
import type { IptablesRuleset, RulesetTable } from '../desired.ts';
import type { RulesetLoader } from './loader.ts';

/** One table as `iptables-save` shows it: rules by chain, without `-A CHAIN`. */
type SavedTable = ReadonlyMap<string, readonly string[]>;

/** The tables of an `iptables-save` text. */
function readSave(text: string): ReadonlyMap<string, SavedTable> {
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
 * The restore text that puts the wanted rules back where the saved rules differ, none where none does: changed
 * chains are emptied and written anew, lost jumps come back in their place. Other chains and rules stay.
 */
function repair(saved: string, { tables }: IptablesRuleset): string[] {
  const found = readSave(saved);
  const texts = tables
    .map((table) => tableRepair(found.get(table.table) ?? new Map(), table))
    .filter((text) => text !== '');
  return texts.length === 0 ? [] : [texts.join('')];
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

/** Empties and removes the chains, and the jumps to them. */
function removal({ tables }: IptablesRuleset): string[] {
  const texts = tables.map(({ table, chains, jumps }) =>
    [
      `*${table}`,
      ...[...chains.keys()].map((chain) => `:${chain} - [0:0]`),
      ...jumps.map(({ chain, rule }) => `-D ${chain} ${rule}`),
      ...[...chains.keys()].map((chain) => `-X ${chain}`),
      'COMMIT',
      '',
    ].join('\n'),
  );
  return [texts.join('')];
}

function change(before: IptablesRuleset, after: IptablesRuleset): string[] {
  if (before.tables === after.tables) return [];
  const text = rulesetIncrement(before.tables, after.tables);
  return text === undefined ? [] : [text];
}

/** Loaders iptables and ip6tables: texts for `iptables-restore --noflush`. */
export const iptablesLoader: RulesetLoader<IptablesRuleset> = {
  load: ({ tables }) => [restoreText(tables, { jumps: 'insert' })],
  change,
  removal,
  repair,
};
