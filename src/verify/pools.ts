import type { Prediction } from '../model/types.ts';
import type { ProbeAnswer } from '../probe/types.ts';
import { compare, tally } from './compare.ts';

/** Below this p-value all connections of a pool are looked at again. */
const suspiciousBelow = 1e-3;

/** What pools are made of: a connection's prediction, and its answers so far. */
export interface Pooled {
  readonly to: string;
  readonly predicted: readonly Prediction[];
  readonly answers: readonly ProbeAnswer[];
}

function withoutSource<T extends { readonly source?: string }>({ source: _, ...rest }: T): Omit<T, 'source'> {
  return rest;
}

function keyOf({ to, predicted }: Pooled): string {
  return JSON.stringify([
    to,
    predicted.map(({ outcome, endpoint, pod, probability }) => [outcome, endpoint, pod, probability]),
  ]);
}

function isSuspicious(pool: readonly Pooled[]): boolean {
  const [first] = pool;
  if (first === undefined || pool.length < 2 || first.predicted.length < 2) return false;
  const answers = pool.flatMap((one) => one.answers).map(withoutSource);
  return compare(first.predicted.map(withoutSource), tally(answers)).pValue < suspiciousBelow;
}

/**
 * Those whose shares are suspicious only when the answers of all senders to one destination are taken together: each of
 * them alone has too few answers to tell.
 */
export function suspiciousTogether<T extends Pooled>(all: readonly T[]): ReadonlySet<T> {
  const pools = [...Map.groupBy(all, keyOf).values()];
  return new Set(pools.filter(isSuspicious).flat());
}
