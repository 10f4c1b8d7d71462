import type { RulesetTable } from './desired.ts';

/**
 * The smallest `iptables-restore --noflush` text that turns the tables into the others: changed chains are emptied and
 * written anew, chains that are gone are removed once nothing refers to them. Undefined when nothing changed.
 */
export function rulesetDiff(before: readonly RulesetTable[], after: readonly RulesetTable[]): string | undefined {
  const old = new Map(before.map((table) => [table.table, table]));
  const next = new Map(after.map((table) => [table.table, table]));
  const names = new Set([...old.keys(), ...next.keys()]);
  const texts = [...names].map((name) => tableDiff(name, old.get(name), next.get(name))).filter((text) => text !== '');
  return texts.length === 0 ? undefined : texts.join('');
}

const noChains: RulesetTable['chains'] = new Map();

function tableDiff(name: string, before: RulesetTable | undefined, after: RulesetTable | undefined): string {
  if (before === after) return '';
  const had = before?.chains ?? noChains;
  const wanted = after?.chains ?? noChains;
  const changed = [...wanted].filter(([chain, rules]) => !sameRules(had.get(chain), rules));
  const gone = [...had.keys()].filter((chain) => !wanted.has(chain));
  const lostJumps = (before?.jumps ?? []).filter((jump) => !after?.jumps.some((other) => sameJump(jump, other)));
  const newJumps = (after?.jumps ?? []).filter((jump) => !before?.jumps.some((other) => sameJump(jump, other)));
  if (changed.length + gone.length + lostJumps.length + newJumps.length === 0) return '';
  const first = newJumps.filter(({ position }) => position === 'first').reverse();
  const last = newJumps.filter(({ position }) => position === 'last');
  return [
    `*${name}`,
    ...[...changed.map(([chain]) => chain), ...gone].map((chain) => `:${chain} - [0:0]`),
    ...lostJumps.map(({ chain, rule }) => `-D ${chain} ${rule}`),
    ...changed.flatMap(([chain, rules]) => rules.map((rule) => `-A ${chain} ${rule}`)),
    ...first.map(({ chain, rule }) => `-I ${chain} 1 ${rule}`),
    ...last.map(({ chain, rule }) => `-A ${chain} ${rule}`),
    ...gone.map((chain) => `-X ${chain}`),
    'COMMIT',
    '',
  ].join('\n');
}

function sameJump(a: RulesetTable['jumps'][number], b: RulesetTable['jumps'][number]): boolean {
  return a.chain === b.chain && a.rule === b.rule && a.position === b.position;
}

function sameRules(a: readonly string[] | undefined, b: readonly string[]): boolean {
  return a === b || (a?.length === b.length && b.every((rule, i) => rule === a[i]));
}
