import { certain, type Fraction } from '../../fraction.ts';
import type { Comparand, Comparison, Expression, Statement } from './ast.ts';
import type { Datum } from './data-types.ts';
import { fits } from './elements.ts';
import { evaluate, isUnknown, lookUp, type Scope, type Value } from './evaluate.ts';
import type { Unknown } from './field-values.ts';
import type { Pattern } from './values.ts';

/** Whether a match holds: surely, surely not, for a share of the packets, or unknown. */
export type Holds = boolean | Fraction | Unknown;

type Match = Extract<Statement, { kind: 'match' }>;

const never: Fraction = { numerator: 0n, denominator: 1n };

/**
 * `meta random & MASK < N`, as iptables-nft writes `statistic --mode random`. Shares that the program had to round to 31
 * bits are taken for the fraction 1/n that was meant.
 */
function chance({ left, comparison, right }: Match): Fraction | undefined {
  if (left.kind !== 'bitwise' || left.left.kind !== 'random' || left.right.kind !== 'constant') return undefined;
  const mask = left.right.pattern;
  const limit =
    right.kind === 'expression' && right.expression.kind === 'constant' ? right.expression.pattern : undefined;
  if (mask.kind !== 'exact' || limit?.kind !== 'exact' || (comparison !== '<' && comparison !== '>=')) return undefined;
  const whole = Number(mask.value) + 1;
  const part = Number(limit.value);
  if (part <= 0) return comparison === '<' ? never : certain;
  const count = Math.round(whole / part);
  const meant = Math.abs(whole / count - part) <= 1;
  const share = meant
    ? { numerator: 1n, denominator: BigInt(count) }
    : { numerator: BigInt(part), denominator: BigInt(whole) };
  return comparison === '<' ? share : { ...share, numerator: share.denominator - share.numerator };
}

function compare(comparison: Comparison, left: Datum, pattern: Pattern): boolean {
  const value = pattern.kind === 'exact' ? pattern.value : undefined;
  switch (comparison) {
    case '<':
      return value !== undefined && left < value;
    case '>':
      return value !== undefined && left > value;
    case '<=':
      return value !== undefined && left <= value;
    case '>=':
      return value !== undefined && left >= value;
    case '!=':
    case '!':
      return !fits(pattern, left);
    default:
      return fits(pattern, left);
  }
}

function compareBits(comparison: Comparison, left: number, right: Extract<Comparand, { value: number }>): boolean {
  if (right.kind === 'masked') return ((left & right.mask) === right.value) !== (comparison === '!=');
  if (comparison === '==') return left === right.value;
  const some = (left & right.value) !== 0;
  return comparison === '!=' || comparison === '!' ? !some : some;
}

/** Whether the match asks if there is a route: `exists`, `missing`, or 0 for none as iptables-nft has it. */
function asksForRoute({ left, comparison }: Match, pattern: Pattern): boolean | undefined {
  if (left.kind !== 'field' || !/^fib .* (oif|oifname|check)$/.test(left.name) || pattern.kind !== 'exact')
    return undefined;
  const wanted = new Map<Datum, boolean>([
    ['1', true],
    ['exists', true],
    ['0', false],
    ['missing', false],
  ]).get(pattern.value);
  return wanted === undefined ? undefined : wanted !== (comparison === '!=');
}

function compareExpression(match: Match, expression: Expression, left: Datum, scope: Scope): boolean | Unknown {
  if (expression.kind === 'constant') {
    const route = asksForRoute(match, expression.pattern);
    return route === undefined ? compare(match.comparison, left, expression.pattern) : (left !== '0') === route;
  }
  const value: Value = evaluate(expression, scope)[0]?.value;
  if (value === undefined) return false;
  if (isUnknown(value)) return value;
  const [right = ''] = value;
  return compare(match.comparison, left, { kind: 'exact', value: right });
}

function holdsFor(match: Match, value: Value, scope: Scope): boolean | Unknown {
  if (value === undefined) return false;
  if (isUnknown(value)) return value;
  const { right, comparison } = match;
  if (right.kind === 'set') {
    const found = lookUp(right.set, value, scope);
    if (found !== undefined && 'unknown' in found) return found;
    return (found !== undefined) !== (comparison === '!=');
  }
  const [left = ''] = value;
  if (right.kind === 'expression') return compareExpression(match, right.expression, left, scope);
  return compareBits(comparison, Number(left), right);
}

/** Whether the match holds for the packet. */
export function holds(match: Match, scope: Scope): Holds {
  const random = chance(match);
  if (random !== undefined) return random;
  const values = evaluate(match.left, scope);
  const [first] = values;
  if (values.length === 1 && first !== undefined) return holdsFor(match, first.value, scope);
  let count = 0;
  for (const { value } of values) {
    const one = holdsFor(match, value, scope);
    if (typeof one === 'object') return one;
    if (one) count++;
  }
  return { numerator: BigInt(count), denominator: BigInt(values.length) };
}
