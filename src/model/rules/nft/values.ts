import type { Datum } from './data-types.ts';

/** What a rule decides about the packet. */
export type Verdict =
  | { readonly kind: 'accept' }
  | { readonly kind: 'drop' }
  | { readonly kind: 'return' }
  | { readonly kind: 'continue' }
  | { readonly kind: 'queue' }
  | { readonly kind: 'jump' | 'goto'; readonly chain: string };

/** One part of a value: a single one, a range with both ends, or names that begin alike (`"cali*"`). */
export type Pattern =
  | { readonly kind: 'exact'; readonly value: Datum }
  | { readonly kind: 'range'; readonly low: Datum; readonly high: Datum }
  | { readonly kind: 'beginning'; readonly text: string };
