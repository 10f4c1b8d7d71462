import { LabError, type Place } from '../errors.ts';

/** One value of a JSON text, with the offset of its first character. */
export type JsonNode = { readonly offset: number } & (
  | { readonly kind: 'null' }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'list'; readonly items: readonly JsonNode[] }
  | { readonly kind: 'object'; readonly members: readonly JsonMember[] }
);

/** A JSON object. */
export type JsonObject = Extract<JsonNode, { kind: 'object' }>;

/** One key of an object in a JSON text, with the offset of the key. */
export interface JsonMember {
  readonly key: string;
  readonly offset: number;
  readonly value: JsonNode;
}

/** A JSON text and the file that it came from. */
export interface JsonSource {
  readonly file: string;
  readonly text: string;
}

const maxLength = 1 << 20;
const maxDepth = 32;
const patterns = {
  space: /[ \t\r\n]*/y,
  string: /"(?:[ -!#-[\]-\u{10ffff}]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/uy,
  number: /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y,
  word: /true|false|null/y,
};

/** Line and column, both from 1, of an offset in a text. */
export function placeOf(source: JsonSource, offset: number): Place {
  const before = source.text.slice(0, offset).split('\n');
  return { file: source.file, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

interface Cursor {
  readonly source: JsonSource;
  at: number;
}

function syntaxError(cursor: Cursor, expected: string): LabError {
  const found = cursor.source.text.slice(cursor.at).match(/^./u)?.[0];
  const what = found === undefined ? 'the text ends' : `found ${JSON.stringify(found)}`;
  return new LabError('invalid-object', `not valid JSON: ${what} where ${expected} should be`, {
    place: placeOf(cursor.source, cursor.at),
    hint: 'JSON has double quotes around keys and texts, and no comma after the last entry.',
  });
}

function take(cursor: Cursor, pattern: RegExp): string | undefined {
  pattern.lastIndex = cursor.at;
  const found = pattern.exec(cursor.source.text)?.[0];
  cursor.at += found?.length ?? 0;
  return found;
}

function takeSign(cursor: Cursor, signs: string): string | undefined {
  take(cursor, patterns.space);
  const sign = cursor.source.text.charAt(cursor.at);
  if (sign === '' || !signs.includes(sign)) return undefined;
  cursor.at++;
  return sign;
}

function readEntries<T>(cursor: Cursor, close: '}' | ']', readEntry: () => T): T[] {
  const entries: T[] = [];
  if (takeSign(cursor, close) !== undefined) return entries;
  for (;;) {
    entries.push(readEntry());
    const sign = takeSign(cursor, `,${close}`);
    if (sign === undefined) throw syntaxError(cursor, `"," or "${close}"`);
    if (sign === close) return entries;
  }
}

function readMember(cursor: Cursor, depth: number): JsonMember {
  take(cursor, patterns.space);
  const offset = cursor.at;
  const literal = take(cursor, patterns.string);
  if (literal === undefined) throw syntaxError(cursor, 'a key in double quotes');
  if (takeSign(cursor, ':') === undefined) throw syntaxError(cursor, '":"');
  return { key: JSON.parse(literal), offset, value: readValue(cursor, depth) };
}

function readValue(cursor: Cursor, depth: number): JsonNode {
  if (depth > maxDepth) throw syntaxError(cursor, `nesting of at most ${maxDepth} levels`);
  take(cursor, patterns.space);
  const offset = cursor.at;
  if (takeSign(cursor, '{') !== undefined) {
    return { kind: 'object', offset, members: readEntries(cursor, '}', () => readMember(cursor, depth + 1)) };
  }
  if (takeSign(cursor, '[') !== undefined) {
    return { kind: 'list', offset, items: readEntries(cursor, ']', () => readValue(cursor, depth + 1)) };
  }
  const string = take(cursor, patterns.string);
  if (string !== undefined) return { kind: 'string', offset, value: JSON.parse(string) };
  const number = take(cursor, patterns.number);
  if (number !== undefined) return { kind: 'number', offset, value: Number(number) };
  const word = take(cursor, patterns.word);
  if (word === undefined) throw syntaxError(cursor, 'a value');
  return word === 'null' ? { kind: 'null', offset } : { kind: 'boolean', offset, value: word === 'true' };
}

/**
 * The value of a JSON text (RFC 8259) with the place of every part of it, which JSON.parse does not tell.
 * Throws `invalid-object` with line and column when the text is no JSON, is nested deeper than 32 levels or is longer
 * than 1 MiB (the limit of a ConfigMap).
 */
export function parseJsonText(source: JsonSource): JsonNode {
  if (source.text.length > maxLength) {
    throw new LabError('invalid-object', `the text is longer than ${maxLength} characters`, {
      place: { file: source.file },
      hint: 'A ConfigMap holds at most 1 MiB.',
    });
  }
  const cursor = { source, at: 0 };
  const node = readValue(cursor, 0);
  take(cursor, patterns.space);
  if (cursor.at < source.text.length) throw syntaxError(cursor, 'the end of the text');
  return node;
}
