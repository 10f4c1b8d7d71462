import { complement, type Fraction } from '../../../fraction.ts';
import type { MatchModule, RuleOption } from '../types.ts';
import { badValue, firstValue, option } from '../values.ts';

const steps = 2 ** 31;

function fraction(numerator: number, denominator: number): Fraction {
  let [a, b] = [numerator, denominator];
  while (b !== 0) [a, b] = [b, a % b];
  return { numerator: BigInt(numerator / a), denominator: BigInt(denominator / a) };
}

/**
 * The fraction that a probability was meant to be. The kernel keeps it as a number of 2^31sts; the simplest of these is
 * taken that the kernel keeps as the same number: 1/n, a decimal of up to six digits, a small fraction; else the 2^31sts.
 */
function exactProbability(text: string): Fraction | undefined {
  const value = Number(text);
  if (!/^[\d.]+(e-?\d+)?$/i.test(text) || !(value >= 0 && value <= 1)) return undefined;
  const kept = Math.round(value * steps);
  if (kept === 0) return { numerator: 0n, denominator: 1n };
  const isSame = (numerator: number, denominator: number) => Math.round((numerator / denominator) * steps) === kept;
  const parts = Math.round(steps / kept);
  if (parts <= 40_000 && isSame(1, parts)) return fraction(1, parts);
  for (let denominator = 10; denominator <= 1_000_000; denominator *= 10) {
    const numerator = Math.round(value * denominator);
    if (isSame(numerator, denominator)) return fraction(numerator, denominator);
  }
  for (let denominator = 3; denominator <= 1000; denominator++) {
    const numerator = Math.round(value * denominator);
    if (isSame(numerator, denominator)) return fraction(numerator, denominator);
  }
  return fraction(kept, steps);
}

function chanceOf(options: readonly RuleOption[]): Fraction | undefined {
  const mode = firstValue(options, '--mode');
  if (mode === 'random') {
    const one = option(options, '--probability');
    const chance = exactProbability(one?.values[0] ?? '');
    if (chance === undefined) throw badValue('--probability', one?.values[0] ?? '');
    return one?.negated === true ? complement(chance) : chance;
  }
  if (mode !== 'nth') return undefined;
  const every = option(options, '--every');
  const parts = Number(every?.values[0]);
  if (!Number.isInteger(parts) || parts < 1) throw badValue('--every', every?.values[0] ?? '');
  const chance = fraction(1, parts);
  return every?.negated === true ? complement(chance) : chance;
}

/** `-m statistic`: by chance, or one packet of several in turn, which over many connections is the same share. */
export const statistic: MatchModule = {
  name: 'statistic',
  options: { '--mode': 1, '--probability': 1, '--every': 1, '--packet': 1 },
  compile: (options) => {
    const chance = chanceOf(options);
    if (chance === undefined) return undefined;
    if (chance.numerator === 0n) return () => false;
    if (chance.numerator === chance.denominator) return () => true;
    const answer = { matches: true, chance };
    return () => answer;
  },
};
