import * as z from 'zod';

/** A text that is not empty. */
export const text = z.string().min(1);

/** One text, or a list of them. */
export const texts = z.preprocess((value) => (typeof value === 'string' ? [value] : value), z.array(text).min(1));

/** What a connection may end with. */
export const outcome = z.enum(['delivered', 'refused', 'dropped', 'unreachable']);

/** The value with `$NAME` replaced in all its texts, wherever a step has remembered something under that name. */
export function fill<T>(value: T, variables: ReadonlyMap<string, string>): T {
  return filled(value, variables) as T;
}

function filled(value: unknown, variables: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string') {
    return value.replaceAll(/\$([A-Za-z]\w*)/g, (whole, name: string) => variables.get(name) ?? whole);
  }
  if (Array.isArray(value)) return value.map((entry) => filled(entry, variables));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, filled(entry, variables)]));
}
