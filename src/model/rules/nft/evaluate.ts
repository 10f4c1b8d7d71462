import { certain, type Fraction, multiply } from '../../fraction.ts';
import type { Packet, World } from '../types.ts';
import type { BitOperator, Expression, NftSet, NftTable, SetReference } from './ast.ts';
import type { Datum } from './data-types.ts';
import type { Element } from './elements.ts';
import { type FieldValue, fieldValue, type Unknown } from './field-values.ts';

/** What expressions are evaluated with. */
export interface Scope {
  readonly table: NftTable;
  readonly world: World;
  readonly packet: Packet;
}

/** A value of one or more parts; undefined where the packet has none. */
export type Value = readonly Datum[] | Unknown | undefined;

/** A value with the share of packets that have it. */
export interface Weighted {
  readonly share: Fraction;
  readonly value: Value;
}

/** Whether the value is one that no dump tells. */
export function isUnknown(value: Value | FieldValue): value is Unknown {
  return typeof value === 'object' && 'unknown' in value;
}

function sure(value: Value): readonly Weighted[] {
  return [{ share: certain, value }];
}

const bitwise: Readonly<Record<BitOperator, (a: bigint, b: bigint) => bigint>> = {
  '&': (a, b) => a & b,
  '|': (a, b) => a | b,
  '^': (a, b) => a ^ b,
  '<<': (a, b) => a << b,
  '>>': (a, b) => a >> b,
};

function computeBits(operator: BitOperator, [left]: readonly Datum[], [right]: readonly Datum[]): Value {
  if (left === undefined || right === undefined || typeof left === 'string' || typeof right === 'string') {
    return { unknown: `the bits of "${left}" and "${right}"` };
  }
  const result = bitwise[operator](BigInt(left), BigInt(right));
  return typeof left === 'bigint' ? [result] : [Number(BigInt.asUintN(32, result))];
}

function combine(left: Value, right: Value, join: (a: readonly Datum[], b: readonly Datum[]) => Value): Value {
  if (left === undefined || right === undefined) return undefined;
  if (isUnknown(left)) return left;
  return isUnknown(right) ? right : join(left, right);
}

/** Both evaluated; at most one of them is left to chance in rules that people write. */
function pairs(
  left: readonly Weighted[],
  right: readonly Weighted[],
  join: (a: readonly Datum[], b: readonly Datum[]) => Value,
): readonly Weighted[] {
  return left.flatMap((a) =>
    right.map((b) => ({ share: multiply(a.share, b.share), value: combine(a.value, b.value, join) })),
  );
}

function numbers(modulus: number, offset: number): readonly Weighted[] {
  const share: Fraction = { numerator: 1n, denominator: BigInt(modulus) };
  return Array.from({ length: modulus }, (_, at) => ({ share, value: [at + offset] }));
}

/** Name under which a packet remembers that a rule has put this key into a set. */
export function rememberedAs(table: NftTable, set: string, key: readonly Datum[]): string {
  return `nft ${table.family} ${table.name} ${set} ${key.join('|')}`;
}

function foundIn(set: NftSet, key: readonly Datum[], { table, packet }: Scope): Element | Unknown | undefined {
  if (set.elements === undefined) return { unknown: `what is in set ${set.name}` };
  const found = set.elements.find(key);
  if (found !== undefined || !set.dynamic) return found;
  return packet.remembered.has(rememberedAs(table, set.name, key)) ? { line: set.line, key: [] } : undefined;
}

/** The element of the set or map that holds the key. */
export function lookUp(reference: SetReference, key: Value, scope: Scope): Element | Unknown | undefined {
  if (key === undefined || isUnknown(key)) return key;
  if (reference.kind === 'anonymous') return reference.elements.find(key);
  const set = scope.table.sets.get(reference.name);
  return set === undefined ? { unknown: `what is in set ${reference.name}` } : foundIn(set, key, scope);
}

function mapped(element: Element | Unknown | undefined): Value {
  if (element === undefined || 'unknown' in element) return element;
  const values: Datum[] = [];
  for (const pattern of element.value ?? []) {
    if (pattern.kind !== 'exact') return { unknown: 'which value of a range is taken' };
    values.push(pattern.value);
  }
  return values;
}

/** All values that the expression may have for the packet. Their shares sum to 1. */
export function evaluate(expression: Expression, scope: Scope): readonly Weighted[] {
  switch (expression.kind) {
    case 'field': {
      const value = fieldValue(expression.name, scope.packet, scope.world);
      return sure(value === undefined || isUnknown(value) ? value : [value]);
    }
    case 'constant':
      return sure(
        expression.pattern.kind === 'exact'
          ? [expression.pattern.value]
          : { unknown: 'which value of a range is taken' },
      );
    case 'concatenation':
      return expression.parts
        .map((part) => evaluate(part, scope))
        .reduce((left, right) => pairs(left, right, (a, b) => [...a, ...b]));
    case 'bitwise':
      return pairs(evaluate(expression.left, scope), evaluate(expression.right, scope), (a, b) =>
        computeBits(expression.operator, a, b),
      );
    case 'number':
      return numbers(expression.modulus, expression.offset);
    case 'random':
      return sure({ unknown: 'a random number' });
    case 'map':
      return evaluate(expression.key, scope).map(({ share, value }) => ({
        share,
        value: mapped(lookUp(expression.map, value, scope)),
      }));
  }
}
