import { LabError } from '../../errors.ts';

/** How long something took: `8.3 ms`, `412 ms`, `1.24 s`. */
export function formatMilliseconds(milliseconds: number): string {
  if (milliseconds < 10) return `${milliseconds.toFixed(1)} ms`;
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  return `${(milliseconds / 1000).toFixed(2)} s`;
}

const unitMilliseconds: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };

/** Milliseconds of a duration as Go writes it (`60s`, `1m30s`, `500ms`); a bare number is seconds. Throws `usage`. */
export function parseDuration(text: string): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  if (!/^(\d+(\.\d+)?(h|ms|m|s))+$/.test(text)) {
    throw new LabError('usage', `"${text}" is not a duration`, { hint: 'Write it like 60s, 1m30s or 500ms.' });
  }
  let sum = 0;
  for (const [, count, unit] of text.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s)/g)) {
    sum += Number(count) * (unitMilliseconds[unit ?? ''] ?? 0);
  }
  return sum;
}
