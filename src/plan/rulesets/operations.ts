import type { Ruleset } from '../desired.ts';
import type { Operation } from '../operations.ts';
import { joinRestoreTexts } from './join-restore.ts';
import { loaderOf } from './registry.ts';

/** Operations that turn the rules before into those after; texts of one loader are loaded in their order. */
export function rulesetOperations(netns: string, before: readonly Ruleset[], after: readonly Ruleset[]): Operation[] {
  const gone = before.filter((ruleset) => !after.some((next) => isSame(next, ruleset)));
  return [
    ...gone.flatMap((ruleset) => operations(netns, ruleset, loaderOf(ruleset).removal(ruleset))),
    ...joined(
      after.flatMap((ruleset) => {
        const old = before.find((candidate) => isSame(candidate, ruleset));
        const { load, change } = loaderOf(ruleset);
        return operations(netns, ruleset, old === undefined ? load(ruleset) : change(old, ruleset));
      }),
    ),
  ];
}

/** Operations that put right what a dump of the namespace's rules shows to differ; `saved` gives it by loader. */
export function rulesetRepairs(
  netns: string,
  wanted: readonly Ruleset[],
  saved: (loader: Ruleset['loader']) => string,
): Operation[] {
  return wanted.flatMap((ruleset) => {
    const { repair, cleanup } = loaderOf(ruleset);
    const dump = saved(ruleset.loader);
    const leftovers = operations(netns, ruleset, cleanup?.(dump, ruleset) ?? []);
    return [
      ...operations(netns, ruleset, repair(dump, ruleset)),
      ...leftovers.map((operation) => ({ ...operation, leftover: true })),
    ];
  });
}

type RulesOperation = Extract<Operation, { op: 'rules' }>;

function operations(netns: string, { loader }: Ruleset, texts: readonly string[]): RulesOperation[] {
  return texts.map((text) => ({ netns, op: 'rules', loader, text }));
}

/** What one start of iptables-restore can do is one operation; scripts of nft stay transactions of their own. */
function joined(all: readonly RulesOperation[]): RulesOperation[] {
  const groups: RulesOperation[][] = [];
  for (const next of all) {
    const last = groups.at(-1);
    if (last === undefined || last[0]?.loader !== next.loader || next.loader === 'nft') groups.push([next]);
    else last.push(next);
  }
  return groups.flatMap((group) =>
    group.slice(0, 1).map((first) => ({ ...first, text: joinRestoreTexts(group.map(({ text }) => text)) })),
  );
}

function isSame(a: Ruleset, b: Ruleset): boolean {
  return a.owner === b.owner && a.loader === b.loader && familyOf(a) === familyOf(b);
}

function familyOf(ruleset: Ruleset): string {
  return ruleset.loader === 'nft' ? ruleset.table.family : ruleset.loader;
}
