import type { RulesetTable } from '../../plan/desired.ts';
import { chainEdit } from './chain-edit.ts';
import { jumpLines } from './restore.ts';

type Chains = RulesetTable['chains'];
type Jump = RulesetTable['jumps'][number];

interface TableChange {
  /** Chains that are made or emptied and written anew. */
  readonly written: (readonly [string, readonly string[]])[];
  /** Lines that edit chains in place. */
  readonly edits: string[];
  readonly gone: readonly string[];
  readonly lostJumps: readonly Jump[];
  readonly newJumps: readonly Jump[];
}

/** Chains shorter than this are written anew: that is one line more and cannot fail. */
const shortestEdited = 64;

function goneChains(before: Chains, after: Chains, newOnes: number): readonly string[] {
  if (before.size + newOnes === after.size) return [];
  return [...before.keys()].filter((chain) => !after.has(chain));
}

function withoutJumps(jumps: readonly Jump[], others: readonly Jump[]): readonly Jump[] {
  if (jumps === others) return [];
  return jumps.filter(({ chain, rule }) => !others.some((other) => other.chain === chain && other.rule === rule));
}

function chainsChange(before: Chains, after: Chains): Pick<TableChange, 'written' | 'edits' | 'gone'> {
  const written: (readonly [string, readonly string[]])[] = [];
  const edits: string[] = [];
  let newOnes = 0;
  for (const [chain, rules] of after) {
    const old = before.get(chain);
    if (old === rules) continue;
    if (old === undefined) newOnes++;
    else if (old.length === rules.length && rules.every((rule, at) => rule === old[at])) continue;
    const edit = old === undefined || rules.length < shortestEdited ? undefined : chainEdit(chain, old, rules);
    if (edit === undefined) written.push([chain, rules]);
    else edits.push(...edit);
  }
  return { written, edits, gone: goneChains(before, after, newOnes) };
}

function tableText(before: RulesetTable, after: RulesetTable): string {
  const { written, edits, gone, lostJumps, newJumps }: TableChange = {
    ...chainsChange(before.chains, after.chains),
    lostJumps: withoutJumps(before.jumps, after.jumps),
    newJumps: withoutJumps(after.jumps, before.jumps),
  };
  if (written.length + edits.length + gone.length + lostJumps.length + newJumps.length === 0) return '';
  const lines = [`*${after.table}`];
  for (const [chain] of written) lines.push(`:${chain} - [0:0]`);
  for (const chain of gone) lines.push(`:${chain} - [0:0]`);
  for (const { chain, rule } of lostJumps) lines.push(`-D ${chain} ${rule}`);
  for (const [chain, rules] of written) for (const rule of rules) lines.push(`-A ${chain} ${rule}`);
  lines.push(...edits, ...jumpLines(newJumps, 'insert'));
  for (const chain of gone) lines.push(`-X ${chain}`);
  lines.push('COMMIT', '');
  return lines.join('\n');
}

function emptyTable(table: string): RulesetTable {
  return { table, chains: new Map(), jumps: [] };
}

/**
 * The least text for `iptables-restore --noflush` that turns the previous rules into the next, or undefined when they
 * are equal. Long chains are edited in place, so loading fails, and changes nothing, when the kernel no longer holds
 * the previous rules: load `restoreText(next, …)` then. What kube-proxy calls a partial sync.
 */
export function rulesetIncrement(previous: readonly RulesetTable[], next: readonly RulesetTable[]): string | undefined {
  const before = new Map(previous.map((table) => [table.table, table]));
  const after = new Map(next.map((table) => [table.table, table]));
  const names = [...new Set([...before.keys(), ...after.keys()])];
  const texts = names.map((name) =>
    tableText(before.get(name) ?? emptyTable(name), after.get(name) ?? emptyTable(name)),
  );
  const text = texts.join('');
  return text === '' ? undefined : text;
}
