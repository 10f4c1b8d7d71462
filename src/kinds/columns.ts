import type { PodTemplateSpec } from './types/pod.ts';

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;
const year = 365 * day;

function two(big: number, bigUnit: string, rest: number, restUnit: string): string {
  return rest === 0 ? `${big}${bigUnit}` : `${big}${bigUnit}${rest}${restUnit}`;
}

/** A length of time as kubectl prints it in AGE: two units when small, one when large. Takes seconds. */
export function humanDuration(seconds: number): string {
  const s = Math.floor(seconds);
  const [m, h, d] = [Math.floor(s / minute), Math.floor(s / hour), Math.floor(s / day)];
  if (s < -1) return '<invalid>';
  if (s < 0) return '0s';
  if (s < 2 * minute) return `${s}s`;
  if (m < 10) return two(m, 'm', s % 60, 's');
  if (m < 3 * 60) return `${m}m`;
  if (h < 8) return two(h, 'h', m % 60, 'm');
  if (h < 48) return `${h}h`;
  if (h < 24 * 8) return two(d, 'd', h % 24, 'h');
  if (s < 2 * year) return `${d}d`;
  if (s < 8 * year) return two(Math.floor(d / 365), 'y', d % 365, 'd');
  return `${Math.floor(d / 365)}y`;
}

/** Time since an RFC 3339 moment; `<unknown>` when there is none. `now` is in milliseconds. */
export function age(since: string | undefined, now: number): string {
  const start = since === undefined ? Number.NaN : Date.parse(since);
  return Number.isNaN(start) ? '<unknown>' : humanDuration((now - start) / 1000);
}

/** The text, or `<none>` for an empty one. */
export function orNone(text: string | undefined): string {
  return text === undefined || text === '' ? '<none>' : text;
}

/** Names and images of a template's containers: the CONTAINERS and IMAGES cells. */
export function containerCells(template: PodTemplateSpec): readonly [string, string] {
  const { containers } = template.spec;
  return [containers.map(({ name }) => name).join(','), containers.map(({ image }) => image).join(',')];
}

/** Entries joined by commas, with ` + N more...` after the first `limit`, as kubectl shortens endpoints. */
export function shortened(entries: readonly string[], limit: number): string {
  const more = entries.length - limit;
  return `${entries.slice(0, limit).join(',')}${more > 0 ? ` + ${more} more...` : ''}`;
}
