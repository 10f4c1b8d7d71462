/** An exact rational number between 0 and 1, in lowest terms. */
export interface Fraction {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** The certain event. */
export const certain: Fraction = { numerator: 1n, denominator: 1n };

function gcd(a: bigint, b: bigint): bigint {
  return b === 0n ? a : gcd(b, a % b);
}

function lowest(numerator: bigint, denominator: bigint): Fraction {
  const common = gcd(numerator, denominator);
  return { numerator: numerator / common, denominator: denominator / common };
}

/** The fraction divided into this many equal shares; one of them. */
export function share(whole: Fraction, parts: number): Fraction {
  return lowest(whole.numerator, whole.denominator * BigInt(parts));
}

/** Sum of two fractions. */
export function add(a: Fraction, b: Fraction): Fraction {
  return lowest(a.numerator * b.denominator + b.numerator * a.denominator, a.denominator * b.denominator);
}

/** Probability that both of two independent events happen. */
export function multiply(a: Fraction, b: Fraction): Fraction {
  if (a === certain) return b;
  if (b === certain) return a;
  return lowest(a.numerator * b.numerator, a.denominator * b.denominator);
}

/** Probability that the event does not happen. */
export function complement(of: Fraction): Fraction {
  return lowest(of.denominator - of.numerator, of.denominator);
}

/** `1/3`; `1` for the certain event. */
export function formatFraction({ numerator, denominator }: Fraction): string {
  return denominator === 1n ? String(numerator) : `${numerator}/${denominator}`;
}

/** The nearest floating-point number. */
export function toNumber(fraction: Fraction): number {
  return Number(fraction.numerator) / Number(fraction.denominator);
}
