import { damagedLine } from '../damaged.ts';
import type { AddressSet, Section } from '../types.ts';
import { buildSet, type SetEntry } from './members.ts';

/** Whether a command prints ipsets. */
export function isSetCommand(command: string): boolean {
  return /^ipset\s+(-?-?save|list)\b/.test(command);
}

/** `ipset save` if the text looks like its output. */
export function recogniseSets(lines: readonly string[]): string | undefined {
  const first = lines.find((line) => line.trim() !== '') ?? '';
  return /^create \S+ (hash|bitmap|list):/.test(first) ? 'ipset save' : undefined;
}

interface GrowingSet {
  readonly name: string;
  readonly type: string;
  readonly entries: SetEntry[];
}

/**
 * The sets of `ipset save` by name. Throws `usage` with the line that is damaged: an entry of a set that was not created,
 * or a line that is neither.
 */
export function parseSets(section: Section): ReadonlyMap<string, AddressSet> {
  const growing = new Map<string, GrowingSet>();
  for (const [at, line] of section.text.split('\n').entries()) {
    const [verb, name = '', value = '', ...more] = line.trim().split(/\s+/);
    if (verb === '' || line.startsWith('#')) continue;
    if (verb === 'create' && value !== '') growing.set(name, { name, type: value, entries: [] });
    else if (verb === 'add' && value !== '' && growing.has(name))
      growing.get(name)?.entries.push({ value, nomatch: more.includes('nomatch') });
    else throw damagedLine(section, at, `"${line.slice(0, 60)}" is no line of ipset save`);
  }
  const sets = new Map<string, AddressSet>();
  for (const { name, type, entries } of growing.values()) {
    sets.set(name, buildSet({ name, type, entries, find: (other) => sets.get(other) }));
  }
  return sets;
}
