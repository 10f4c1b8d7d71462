import { isMet, ratios, type Summary, summarize } from './statistics.ts';
import type { Reach, Row, Unit } from './types.ts';

/** A number with three digits that count. */
export function formatNumber(value: number): string {
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.max(Math.abs(value), 1e-9))));
  return value >= 1000 ? Math.round(value).toLocaleString('en-US') : value.toFixed(Math.min(digits, 2));
}

const unitWords: Readonly<Record<Unit, string>> = {
  ms: ' ms',
  'CPU ms': ' ms of CPU',
  'a second': ' a second',
  MB: ' MB',
  µs: ' µs',
  texts: '',
};

function spread({ median, min, max }: Summary, scale: number, unit: string): string {
  const range = min === max ? '' : ` (${formatNumber(min / scale)}–${formatNumber(max / scale)})`;
  return `${formatNumber(median / scale)}${unit}${range}`;
}

/** Median and range of some values; seconds where milliseconds are many. */
export function formatValues(values: readonly number[], unit: Unit): string {
  const summary = summarize(values);
  if (summary === undefined) return '–';
  if (unit === 'ms' && summary.median >= 1000) return spread(summary, 1000, ' s');
  return spread(summary, 1, unitWords[unit]);
}

/** Median and range of the ratios. */
function formatRatios(row: Row): string {
  const summary = summarize(ratios(row));
  return summary === undefined ? '' : `${spread(summary, 1, ' ×')}`;
}

/** What was asked for, such as `≤ 400 ms` or `≤ 1.25 ×`. */
export function formatReach(reach: Reach | undefined, unit: Unit): string {
  if (reach === undefined) return '';
  const sign = reach.sense === 'at most' ? '≤' : '≥';
  if (reach.of === 'ratio') return `${sign} ${reach.limit} ×`;
  if (unit === 'ms' && reach.limit >= 1000) return `${sign} ${reach.limit / 1000} s`;
  return `${sign} ${reach.limit.toLocaleString('en-US')}${unitWords[unit]}`;
}

function measuredCell({ values, unit, note }: Row): string {
  if (values.length === 0) return note ?? 'not measured';
  return note === undefined ? formatValues(values, unit) : `${formatValues(values, unit)}; ${note}`;
}

/** The cells of one line: what, svclab, beside it, ratio, reach, met. */
export function rowCells(row: Row): readonly string[] {
  const { what, unit, beside, reach } = row;
  const met = isMet(row);
  return [
    what,
    measuredCell(row),
    beside === undefined ? '' : `${beside.what}: ${formatValues(beside.values, unit)}`,
    formatRatios(row),
    formatReach(reach, unit),
    met === undefined ? '' : met ? 'yes' : 'no',
  ];
}

/** Headings of those cells. */
const headings = ['what', 'svclab', 'beside', 'ratio', 'reach', 'met'] as const;

/** Lines of cells as text columns, without the marks of Markdown. */
export function textTable(lines: readonly (readonly string[])[]): string {
  const plain = [headings, ...lines].map((cells) => cells.map((cell) => cell.replaceAll('`', '')));
  const widths = headings.map((_, at) => Math.max(...plain.map((cells) => cells[at]?.length ?? 0)));
  return plain
    .map((cells) =>
      cells
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Lines of cells as a table of Markdown. */
export function markdownTable(lines: readonly (readonly string[])[]): string {
  const rule = headings.map(() => '---');
  return [headings, rule, ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
