import type { RulesetTable } from '../../plan/desired.ts';

/** How jumps from built-in chains are written. */
export interface RestoreOptions {
  /** `append` them in order, for an empty table; `insert` them at the top, so that they end up in order; or leave them out. */
  readonly jumps: 'append' | 'insert' | 'none';
}

/** The lines that make jumps, in order. */
export function jumpLines(jumps: RulesetTable['jumps'], how: RestoreOptions['jumps']): string[] {
  if (how === 'none') return [];
  if (how === 'append') return jumps.map(({ chain, rule }) => `-A ${chain} ${rule}`);
  const first = jumps.filter(({ position }) => position === 'first').reverse();
  const last = jumps.filter(({ position }) => position === 'last');
  return [
    ...first.map(({ chain, rule }) => `-I ${chain} ${rule}`),
    ...last.map(({ chain, rule }) => `-A ${chain} ${rule}`),
  ];
}

function tableText(table: RulesetTable, options: RestoreOptions): string {
  const lines = [`*${table.table}`];
  for (const chain of table.chains.keys()) lines.push(`:${chain} - [0:0]`);
  lines.push(...jumpLines(table.jumps, options.jumps));
  for (const [chain, rules] of table.chains) {
    const start = `-A ${chain} `;
    for (const rule of rules) lines.push(start + rule);
  }
  lines.push('COMMIT', '');
  return lines.join('\n');
}

/**
 * The text that `iptables-restore --noflush` loads: every chain is made, or emptied when it is there, and filled.
 * Other chains of the tables stay as they are.
 */
export function restoreText(tables: readonly RulesetTable[], options: RestoreOptions): string {
  return tables.map((table) => tableText(table, options)).join('');
}
