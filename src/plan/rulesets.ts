import { restoreText } from '../proxy/iptables/restore.ts';
import type { Ruleset } from './desired.ts';
import type { Operation } from './operations.ts';
import { rulesetDiff } from './ruleset-diff.ts';

/** One operation per loader: a text that turns the rules before into those after; none where nothing changed. */
export function rulesetOperations(netns: string, before: readonly Ruleset[], after: readonly Ruleset[]): Operation[] {
  const texts = new Map<Ruleset['loader'], string[]>();
  for (const ruleset of after) {
    const text = rulesetText(
      before.find((old) => sameOwner(old, ruleset)),
      ruleset,
    );
    if (text !== undefined) texts.set(ruleset.loader, [...(texts.get(ruleset.loader) ?? []), text]);
  }
  for (const ruleset of before) {
    if (after.some((next) => sameOwner(next, ruleset))) continue;
    const text = rulesetDiff(ruleset.tables, []);
    if (text !== undefined) texts.set(ruleset.loader, [...(texts.get(ruleset.loader) ?? []), text]);
  }
  return [...texts].map(([loader, parts]) => ({ netns, op: 'rules', loader, text: parts.join('') }));
}

function sameOwner(a: Ruleset, b: Ruleset): boolean {
  return a.owner === b.owner && a.loader === b.loader;
}

function rulesetText(before: Ruleset | undefined, after: Ruleset): string | undefined {
  if (before === undefined) return restoreText(after.tables, { jumps: 'append' });
  return before.tables === after.tables ? undefined : rulesetDiff(before.tables, after.tables);
}
