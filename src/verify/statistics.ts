/*
 * The test of shares. A connection whose prediction is a distribution is tried n times; outcome i, of probability p_i,
 * is then seen Binomial(n, p_i) times. For every outcome both exact binomial tails are computed; with k outcomes the
 * smallest of the 2k tails, times 2k (Bonferroni), bounds the chance that a right prediction looks this bad. The bound
 * holds for every n; no approximation is involved.
 */

/** One outcome: how likely it was said to be, and how often it was seen. */
export interface Share {
  readonly probability: number;
  readonly count: number;
}

/** Chance of a false alarm in a whole run. */
export const falseAlarmRate = 1e-6;

/** A first look with a smaller p-value than this is followed by a second one. */
export const suspiciousBelow = 0.01;

const logFactorials: number[] = [0];

function logFactorial(n: number): number {
  for (let i = logFactorials.length; i <= n; i++) logFactorials.push((logFactorials[i - 1] ?? 0) + Math.log(i));
  return logFactorials[n] ?? 0;
}

/** Chance of exactly `count` hits in `trials`, each hit with `probability`. */
export function binomial(trials: number, count: number, probability: number): number {
  if (probability <= 0) return count === 0 ? 1 : 0;
  if (probability >= 1) return count === trials ? 1 : 0;
  const ways = logFactorial(trials) - logFactorial(count) - logFactorial(trials - count);
  return Math.exp(ways + count * Math.log(probability) + (trials - count) * Math.log1p(-probability));
}

/** Chance of at most `count` hits, and of at least `count` hits. */
export function binomialTails(trials: number, count: number, probability: number): { atMost: number; atLeast: number } {
  let atMost = 0;
  let atLeast = 0;
  for (let hits = 0; hits <= count; hits++) atMost += binomial(trials, hits, probability);
  for (let hits = trials; hits >= count; hits--) atLeast += binomial(trials, hits, probability);
  return { atMost: Math.min(1, atMost), atLeast: Math.min(1, atLeast) };
}

/**
 * Upper bound for the chance that shares as far off as these, or farther, come from the predicted distribution: 0 when
 * something impossible was seen, 1 when nothing speaks against the prediction.
 */
export function pValue(shares: readonly Share[]): number {
  if (shares.some(({ probability, count }) => probability === 0 && count > 0)) return 0;
  const possible = shares.filter(({ probability }) => probability > 0);
  if (possible.length < 2) return 1;
  const trials = possible.reduce((sum, { count }) => sum + count, 0);
  const tails = possible.flatMap(({ probability, count }) => Object.values(binomialTails(trials, count, probability)));
  return Math.min(1, 2 * possible.length * Math.min(...tails));
}
