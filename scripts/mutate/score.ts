import { binomialTails } from '../../src/verify/statistics.ts';
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

const unlikely = 1 / 1_000;

/** Whether a sample speaks against the wanted share: with it, so few would be caught once in 1,000 samples. */
export function speaksAgainst({ caught, missed }: Score): boolean {
  return binomialTails(caught + missed, caught, wantedShare).atMost < unlikely;
}

/** Whether verify catches enough, and the lab was put right after each of them. */
export function isGood(results: readonly Result[]): boolean {
  return shareCaught(scoreOf(results)) >= wantedShare && results.every(({ left }) => left === undefined);
}

/** The score in a few lines. */
export function summary(results: readonly Result[]): string {
  const score = scoreOf(results);
  const share = (100 * shareCaught(score)).toFixed(1);
  const lost = results.filter(({ left }) => left !== undefined).length;
  const lines = [
    `${score.caught} caught, ${score.missed} missed, ${score.neutral} neutral: ${share} % of those that change behaviour are caught`,
    ...(score.notMade === 0 ? [] : [`${score.notMade} were not made: the kernel did not take them`]),
    ...(lost === 0 ? [] : [`${lost} were not put right by svclab sync`]),
  ];
  return lines.join('\n');
}
