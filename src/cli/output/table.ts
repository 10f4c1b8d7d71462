import { displayWidth, truncate } from './width.ts';

/** A column of a table. */
export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** The column may be cut when the table is wider than its limit. */
  readonly shrink?: boolean;
}

const gap = '   ';
const narrowest = 8;

/** Takes columns away from the widest shrinkable ones until the table fits, or nothing is left to take. */
function shrinkToLimit(columns: readonly Column[], widths: number[], limit: number): void {
  const total = () => widths.reduce((sum, width) => sum + width, 0) + gap.length * (widths.length - 1);
  while (total() > limit) {
    let widest = -1;
    for (const [at, column] of columns.entries()) {
      const width = widths[at] ?? 0;
      if (column.shrink === true && width > narrowest && width > (widths[widest] ?? 0)) widest = at;
    }
    const width = widths[widest];
    if (width === undefined) return;
    widths[widest] = width - 1;
  }
}

function pad(text: string, width: number, align: 'left' | 'right' | undefined): string {
  const filling = ' '.repeat(Math.max(0, width - displayWidth(text)));
  return align === 'right' ? filling + text : text + filling;
}

/**
 * Lines of a table as kubectl prints it: titles above, columns three blanks apart, no blanks at the end of a line.
 * With `limit`, shrinkable columns are cut until no line is longer.
 */
export function formatTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  options: { readonly limit?: number; readonly header?: boolean } = {},
): string[] {
  const titles = columns.map((column) => column.title);
  const lines = options.header === false ? rows : [titles, ...rows];
  const widths = columns.map((_, at) => lines.reduce((most, row) => Math.max(most, displayWidth(row[at] ?? '')), 0));
  if (options.limit !== undefined) shrinkToLimit(columns, widths, options.limit);
  return lines.map((row) =>
    columns
      .map((column, at) => pad(truncate(row[at] ?? '', widths[at] ?? 0), widths[at] ?? 0, column.align))
      .join(gap)
      .trimEnd(),
  );
}
