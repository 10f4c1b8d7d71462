import type { Result } from './types.ts';

/** How many mutants came to what. */
export interface Score {
  readonly caught: number;
  readonly neutral: number;
  readonly missed: number;
  readonly notMade: number;
}

/** Counts results. */
export function scoreOf(results: readonly Pick<Result, 'verdict'>[]): Score {
  const count = (verdict: Result['verdict']) => results.filter((result) => result.verdict === verdict).length;
  return { caught: count('caught'), neutral: count('neutral'), missed: count('missed'), notMade: count('not made') };
}

/** The share of mutants that change behaviour which verify catches; 1 when there are none. */
export function shareCaught({ caught, missed }: Score): number {
  return caught + missed === 0 ? 1 : caught / (caught + missed);
}

/** What the project wants at least. */
export const wantedShare = 0.95;
