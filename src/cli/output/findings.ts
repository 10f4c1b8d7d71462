import type { Finding } from '../../model/rules/lint/types.ts';
import type { Paint } from './colour.ts';

function placeOf({ line, table, chain }: Finding, file: string): string {
  const where = [table === undefined ? '' : `table ${table}`, chain === undefined ? '' : `chain ${chain}`];
  return [line === undefined ? file : `${file}:${line}`, ...where.filter((word) => word !== '')].join(', ');
}

/** Findings of lint for people, each with what it means to users and what to do. */
export function formatFindings(findings: readonly Finding[], file: string, paint: Paint): string[] {
  const lines = findings.flatMap((finding) => [
    `${paint.red(finding.rule)}: ${finding.what}`,
    `  ${paint.dim(placeOf(finding, file))}`,
    `  effect: ${finding.effect}`,
    `  cure: ${finding.cure}`,
  ]);
  if (findings.length === 0) return ['nothing found'];
  return [...lines, `${findings.length} ${findings.length === 1 ? 'finding' : 'findings'}`];
}
