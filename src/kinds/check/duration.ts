const milliseconds: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/**
 * Milliseconds of a duration as Go's time.ParseDuration reads it, such as `30s`, `1m30s`, `1.5h`, `0`; undefined when the
 * text is none, or below zero.
 */
export function tryParseDuration(text: string): number | undefined {
  if (/^\+?0$/.test(text)) return 0;
  const match = /^\+?((?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/.exec(text);
  if (match?.[1] === undefined) return undefined;
  let sum = 0;
  for (const [, number, unit = ''] of match[1].matchAll(/([\d.]+)([^\d.]+)/g)) {
    sum += Number(number) * (milliseconds[unit] ?? 0);
  }
  return sum;
}
