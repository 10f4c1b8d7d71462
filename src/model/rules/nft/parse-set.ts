import type { DataType } from './data-types.ts';
import { type Element, ElementTable } from './elements.ts';
import { parsePatterns } from './parse-pattern.ts';
import type { Tokens } from './tokens.ts';
import type { Pattern, Verdict } from './values.ts';

const plainVerdicts = new Set(['accept', 'drop', 'continue', 'return', 'queue']);

/** Reads a verdict, such as `goto reject-chain`; undefined, and nothing read, when there is none. */
export function parseVerdict(tokens: Tokens): Verdict | undefined {
  if (tokens.kind !== 'word') return undefined;
  const { text } = tokens;
  if (plainVerdicts.has(text)) {
    tokens.next();
    return { kind: text as 'accept' };
  }
  if (text !== 'jump' && text !== 'goto') return undefined;
  tokens.next();
  return { kind: text, chain: tokens.take('the chain to go to') };
}

/** What the keys and values of a set or map are made of; without `values` it is a set. */
export interface ElementTypes {
  readonly keys: readonly DataType[];
  readonly values?: readonly DataType[];
}

function isVerdict(types: readonly DataType[] | undefined): boolean {
  return types?.[0]?.name === 'verdict';
}

const properties: ReadonlySet<string> = new Set([
  'comment',
  'timeout',
  'expires',
  'counter',
  'limit',
  'quota',
  'last',
  'ct',
]);

/** Goes past `timeout 5m expires 3m`, `comment "…"`, `counter packets 0 bytes 0` and the like. */
function skipProperties(tokens: Tokens): void {
  if (tokens.kind !== 'word' || !properties.has(tokens.text)) return;
  while (!tokens.atEnd && !tokens.is(',') && !tokens.is(':')) tokens.next();
}

function parseValue(tokens: Tokens, types: ElementTypes): Pick<Element, 'verdict' | 'value'> {
  if (types.values === undefined) return {};
  tokens.expect(':');
  tokens.skipNewlines();
  if (!isVerdict(types.values)) return { value: parsePatterns(tokens, types.values, 1) };
  const verdict = parseVerdict(tokens);
  if (verdict === undefined) throw tokens.fault(`a verdict is missing: found ${tokens.found()}`);
  return { verdict };
}

function parseElement(tokens: Tokens, types: ElementTypes, into: ElementTable): void {
  const { line } = tokens;
  const every = tokens.accept('*');
  const key: Pattern[] = every ? [] : parsePatterns(tokens, types.keys);
  skipProperties(tokens);
  const element: Element = { line, key, ...parseValue(tokens, types) };
  if (every) into.catchAll = element;
  else if (!into.add(element)) throw tokens.fault('an element is there twice', line);
  skipProperties(tokens);
}

/** Reads `{ ELEMENT, … }`, over several lines if need be. */
export function parseElements(tokens: Tokens, types: ElementTypes): ElementTable {
  const elements = new ElementTable();
  tokens.expect('{');
  tokens.skipNewlines();
  while (!tokens.accept('}')) {
    parseElement(tokens, types, elements);
    tokens.skipNewlines();
    if (!tokens.is('}')) tokens.expect(',');
    tokens.skipNewlines();
  }
  return elements;
}
