import type { Observation } from '../model/types.ts';

/** What happened, in a few words: `10.244.1.2:80 (default/httpd-0) seeing 10.244.1.7`, `refused`. */
export function describeResult(result: Pick<Observation, 'outcome' | 'endpoint' | 'pod' | 'source'>): string {
  const { outcome, endpoint, pod, source } = result;
  if (outcome !== 'delivered') return outcome;
  const place = endpoint ?? pod ?? 'delivered';
  const who = pod === undefined || place === pod ? place : `${place} (${pod})`;
  return source === undefined ? who : `${who} seeing ${source}`;
}

/** `a`, `a or b`, `a, b or c`; from the sixth on only their number. */
export function listed(items: readonly string[], word: 'or' | 'and'): string {
  const shown = items.length > 6 ? [...items.slice(0, 5), `${items.length - 5} more`] : items;
  const last = shown.at(-1) ?? 'nothing';
  return shown.length < 2 ? last : `${shown.slice(0, -1).join(', ')} ${word} ${last}`;
}
