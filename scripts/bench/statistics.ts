import type { Row } from './types.ts';

/** Middle, least and greatest of some values. */
export interface Summary {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** The middle value, or the mean of the two middle ones; NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const low = sorted[Math.ceil(middle) - 1] ?? Number.NaN;
  const high = sorted[Math.floor(middle)] ?? Number.NaN;
  return (low + high) / 2;
}

/** Undefined of nothing. */
export function summarize(values: readonly number[]): Summary | undefined {
  if (values.length === 0) return undefined;
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}

/** The ratio of each round to what was measured beside it in the same round, so that drift of the machine cancels out. */
export function ratios({ values, beside }: Row): readonly number[] {
  return (beside?.values ?? []).flatMap((value, round) => {
    const own = values[round];
    return own === undefined || value === 0 ? [] : [own / value];
  });
}

/** Whether the median reaches what was asked for; undefined where nothing was asked for or measured. */
export function isMet(row: Row): boolean | undefined {
  if (row.reach === undefined) return undefined;
  const summary = summarize(row.reach.of === 'ratio' ? ratios(row) : row.values);
  if (summary === undefined) return undefined;
  return row.reach.sense === 'at most' ? summary.median <= row.reach.limit : summary.median >= row.reach.limit;
}
