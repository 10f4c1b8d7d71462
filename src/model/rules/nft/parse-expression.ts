import type { BitOperator, Expression, SetReference } from './ast.ts';
import { type DataType, dataType } from './data-types.ts';
import { bareMeta, fieldGroups, fieldType } from './fields.ts';
import { parsePattern, patternOf, UnknownWord } from './parse-pattern.ts';
import { type ElementTypes, parseElements } from './parse-set.ts';
import type { Tokens } from './tokens.ts';

const integer = dataType('integer');
const ctAddressWords = new Set(['original', 'reply', 'original ip', 'original ip6', 'reply ip', 'reply ip6']);
const fibInputs = new Set(['saddr', 'daddr', 'mark', 'iif', 'oif']);

/** The types of the parts of an expression's value. */
export function typesOf(expression: Expression): readonly DataType[] {
  if (expression.kind === 'field' || expression.kind === 'constant') return [expression.type];
  if (expression.kind === 'concatenation') return expression.parts.flatMap(typesOf);
  return expression.kind === 'bitwise' ? typesOf(expression.left) : [integer];
}

/** Whether an expression may begin with the current token. */
export function beginsExpression(tokens: Tokens): boolean {
  const { kind, text } = tokens;
  if (kind !== 'word') return false;
  return fieldGroups.has(text) || bareMeta.has(text) || ['fib', 'numgen', 'jhash', 'symhash'].includes(text);
}

function field(tokens: Tokens, name: string, type = fieldType(name)): Expression {
  if (type === undefined) throw new UnknownWord(name);
  tokens.next();
  return { kind: 'field', name, type };
}

/** Goes on to the name after the first word of a field; a rule that ends there is damaged. */
function secondWord(tokens: Tokens): string {
  tokens.next();
  if (tokens.atEnd) throw tokens.fault(`the rule is cut: found ${tokens.found()}`);
  return tokens.text;
}

function parseCt(tokens: Tokens): Expression {
  let name = secondWord(tokens);
  while (ctAddressWords.has(name)) name += ` ${secondWord(tokens)}`;
  return field(tokens, `ct ${name}`);
}

function parseFib(tokens: Tokens): Expression {
  const inputs = [secondWord(tokens)];
  tokens.next();
  while (tokens.accept('.')) inputs.push(tokens.take('what fib looks up'));
  if (!inputs.every((input) => fibInputs.has(input))) throw new UnknownWord('fib');
  const result = tokens.text;
  const type = { type: 'fib_addrtype', oif: 'ifname', oifname: 'ifname', check: 'boolean' }[result];
  if (type === undefined) throw new UnknownWord(`fib ${result}`);
  return field(tokens, `fib ${inputs.join(' . ')} ${result}`, dataType(type));
}

function parseNumber(tokens: Tokens, what: string): number {
  const value = integer.parse(tokens.text);
  if (typeof value !== 'number') throw tokens.fault(`${what} is missing: found ${tokens.found()}`);
  tokens.next();
  return value;
}

function parseModulus(tokens: Tokens, by: 'random' | 'inc' | 'hash'): Expression {
  tokens.expect('mod');
  const { line } = tokens;
  const modulus = parseNumber(tokens, 'a number after mod');
  if (modulus === 0) throw tokens.fault('mod 0 leaves nothing to choose from', line);
  if (tokens.accept('seed')) tokens.take('the seed');
  return { kind: 'number', by, modulus, offset: tokens.accept('offset') ? parseNumber(tokens, 'the offset') : 0 };
}

function parseHash(tokens: Tokens): Expression {
  const hash = tokens.take('hash');
  if (hash === 'jhash') parseExpression(tokens);
  return parseModulus(tokens, 'hash');
}

function parseNumgen(tokens: Tokens): Expression {
  const by = secondWord(tokens);
  if (by !== 'random' && by !== 'inc') throw new UnknownWord(`numgen ${by}`);
  tokens.next();
  return parseModulus(tokens, by);
}

function parsePrimary(tokens: Tokens): Expression {
  const { text } = tokens;
  if (text === 'ct') return parseCt(tokens);
  if (text === 'fib') return parseFib(tokens);
  if (text === 'numgen') return parseNumgen(tokens);
  if (text === 'jhash' || text === 'symhash') return parseHash(tokens);
  if (fieldGroups.has(text)) {
    const name = `${text} ${secondWord(tokens)}`;
    if (name !== 'meta random') return field(tokens, name);
    tokens.next();
    return { kind: 'random' };
  }
  if (bareMeta.has(text)) return field(tokens, `meta ${text}`);
  throw new UnknownWord(text);
}

/** Reads one value of the type; it is a constant. */
export function parseConstant(tokens: Tokens, type: DataType): Expression {
  if (tokens.accept('(')) {
    const inner = parseBits(tokens, type);
    tokens.expect(')');
    return inner;
  }
  return { kind: 'constant', pattern: parsePattern(tokens, type), type };
}

const spelled: Readonly<Record<string, BitOperator>> = { and: '&', or: '|', xor: '^', lshift: '<<', rshift: '>>' };
const strength: Readonly<Record<BitOperator, number>> = { '<<': 4, '>>': 4, '&': 3, '^': 2, '|': 1 };

function bitOperator(tokens: Tokens): BitOperator | undefined {
  if (tokens.kind === 'word') return Object.hasOwn(spelled, tokens.text) ? spelled[tokens.text] : undefined;
  return tokens.kind === 'symbol' && tokens.text in strength ? (tokens.text as BitOperator) : undefined;
}

/** A field, or a constant of the type that its neighbours have. */
function parseOperand(tokens: Tokens, type: DataType | undefined): Expression {
  const constant = type !== undefined && (tokens.is('(') || patternOf(type, tokens.text)?.kind === 'exact');
  return constant ? parseConstant(tokens, type) : parsePrimary(tokens);
}

/** Reads operands with `&`, `^`, `|` and shifts between them; constants among them are of the type, if one is given. */
export function parseBits(tokens: Tokens, type?: DataType, weakest = 1, begun?: Expression): Expression {
  let left = begun ?? parseOperand(tokens, type);
  for (;;) {
    const operator = bitOperator(tokens);
    if (operator === undefined || strength[operator] < weakest) return left;
    tokens.next();
    const right = parseBits(tokens, type ?? typesOf(left)[0] ?? integer, strength[operator] + 1);
    left = { kind: 'bitwise', operator, left, right };
  }
}

function concatenated(tokens: Tokens, first: Expression): Expression {
  const parts = [first];
  while (tokens.accept('.')) parts.push(parseBits(tokens));
  return parts.length === 1 ? first : { kind: 'concatenation', parts };
}

/** Reads fields, joined with dots or bit operators. Throws UnknownWord where svclab knows no such field. */
export function parseExpression(tokens: Tokens): Expression {
  return concatenated(tokens, parseBits(tokens));
}

/** Reads `@NAME` or `{ … }`; undefined, and nothing read, when neither is there. */
export function parseSetReference(tokens: Tokens, types: ElementTypes): SetReference | undefined {
  if (tokens.is('{')) return { kind: 'anonymous', elements: parseElements(tokens, types) };
  if (tokens.kind !== 'word' || !tokens.text.startsWith('@')) return undefined;
  return { kind: 'named', name: tokens.take('the set').slice(1) };
}

/** Reads an expression of this type: a constant, a field, or a look-up in a map whose values are of these types. */
export function parseValueOf(tokens: Tokens, types: readonly DataType[]): Expression {
  const [type = integer] = types;
  const key = concatenated(tokens, parseBits(tokens, type));
  if (!tokens.accept('map')) return key;
  const map = parseSetReference(tokens, { keys: typesOf(key), values: types });
  if (map === undefined) throw tokens.fault(`a map is missing: found ${tokens.found()}`);
  return { kind: 'map', key, map };
}
