import type { RulesetTable } from '../../plan/desired.ts';
import { chainEdit } from './chain-edit.ts';
import { restoreText } from './restore.ts';

type Chains = RulesetTable['chains'];

interface TableChange {
  /** Chains that are made or emptied and written anew. */
  readonly written: (readonly [string, readonly string[]])[];
  /** Lines that edit chains in place. */
  readonly edits: string[];
  readonly gone: readonly string[];
}

/** Chains shorter than this are written anew: that is one line more and cannot fail. */
const shortestEdited = 64;

function goneChains(before: Chains, after: Chains, newOnes: number): readonly string[] {
  if (before.size + newOnes === after.size) return [];
  return [...before.keys()].filter((chain) => !after.has(chain));
}

function tableChange(before: Chains, after: Chains): TableChange {
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

function tableText(table: string, { written, edits, gone }: TableChange): string {
  if (written.length + edits.length + gone.length === 0) return '';
  const lines = [`*${table}`];
  for (const [chain] of written) lines.push(`:${chain} - [0:0]`);
  for (const chain of gone) lines.push(`:${chain} - [0:0]`);
  for (const [chain, rules] of written) for (const rule of rules) lines.push(`-A ${chain} ${rule}`);
  lines.push(...edits);
  for (const chain of gone) lines.push(`-X ${chain}`);
  lines.push('COMMIT', '');
  return lines.join('\n');
}

/**
 * The least text for `iptables-restore --noflush` that turns the previous rules into the next, or undefined when they
 * are equal. Long chains are edited in place, so loading fails, and changes nothing, when the kernel no longer holds
 * the previous rules: load `restoreText(next, …)` then. Jumps are taken to be in place. What kube-proxy calls a partial
 * sync.
 */
export function rulesetIncrement(previous: readonly RulesetTable[], next: readonly RulesetTable[]): string | undefined {
  const texts = next.map((table) => {
    const before = previous.find((other) => other.table === table.table);
    if (before === undefined) return restoreText([table], { jumps: 'insert' });
    return tableText(table.table, tableChange(before.chains, table.chains));
  });
  const text = texts.join('');
  return text === '' ? undefined : text;
}
