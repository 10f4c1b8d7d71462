import type { DataType, Datum } from './data-types.ts';
import type { Tokens } from './tokens.ts';
import type { Pattern } from './values.ts';

/** A word that a newer nft may know: the rule is kept, and what it decides is unknown. */
export class UnknownWord extends Error {
  override readonly name = 'UnknownWord';
}

function network(type: DataType, text: string): Pattern | undefined {
  const slash = text.indexOf('/');
  if (type.prefixBits === undefined || slash < 0) return undefined;
  const base = type.parse(text.slice(0, slash));
  const length = text.slice(slash + 1);
  if (base === undefined || !/^\d{1,3}$/.test(length) || Number(length) > type.prefixBits) return undefined;
  const hostBits = BigInt(type.prefixBits - Number(length));
  const low = (BigInt(base) >> hostBits) << hostBits;
  const high = low + (1n << hostBits) - 1n;
  return type.prefixBits === 32
    ? { kind: 'range', low: Number(low), high: Number(high) }
    : { kind: 'range', low, high };
}

function range(type: DataType, text: string): Pattern | undefined {
  for (let dash = text.indexOf('-', 1); dash > 0; dash = text.indexOf('-', dash + 1)) {
    const low = type.parse(text.slice(0, dash));
    const high = type.parse(text.slice(dash + 1));
    if (low !== undefined && high !== undefined) return { kind: 'range', low, high };
  }
  return undefined;
}

function quoted(text: string): Pattern {
  const beginning = text.endsWith('*') && !text.endsWith('\\*');
  return beginning
    ? { kind: 'beginning', text: text.slice(0, -1) }
    : { kind: 'exact', value: text.replaceAll('\\*', '*') };
}

/** The value that the word stands for; undefined when it is none of this type. */
export function patternOf(type: DataType, text: string): Pattern | undefined {
  const value: Datum | undefined = type.parse(text);
  return value === undefined ? (network(type, text) ?? range(type, text)) : { kind: 'exact', value };
}

/**
 * Reads one value, range or network of the type. Throws `usage` for what no such value can look like, and UnknownWord
 * for a name that svclab does not know.
 */
export function parsePattern(tokens: Tokens, type: DataType): Pattern {
  if (tokens.kind === 'string') return quoted(tokens.take('a value'));
  if (tokens.kind !== 'word') throw tokens.fault(`a value is missing: found ${tokens.found()}`);
  const pattern = patternOf(type, tokens.text);
  if (pattern === undefined && type.numeric) throw tokens.fault(`"${tokens.text}" is no ${type.name}`);
  if (pattern === undefined) throw new UnknownWord(tokens.text);
  tokens.next();
  return pattern;
}

/** Reads a value of several parts with dots between them, such as `10.96.0.1 . tcp . 80`; `least` parts must be there. */
export function parsePatterns(tokens: Tokens, types: readonly DataType[], least = types.length): Pattern[] {
  const patterns: Pattern[] = [];
  for (const type of types) {
    if (patterns.length >= least && !tokens.is('.')) break;
    if (patterns.length > 0) tokens.expect('.');
    patterns.push(parsePattern(tokens, type));
  }
  return patterns;
}
