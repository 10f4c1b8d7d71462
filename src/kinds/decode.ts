import * as z from 'zod/mini';
import { invalid, notSupported } from './check/invalid.ts';
import type { Fault } from './fault.ts';
import { nearest } from './nearest.ts';
import { at, type PathStep } from './path.ts';
import type { Schema } from './schema/struct.ts';
import { knownFields } from './schema/walk.ts';

type Issue = z.core.$ZodIssue;
type Steps = readonly PathStep[];

/** A fault of the schema, and how to get around it so that the rest can be read. */
export interface DecodeFault extends Fault {
  readonly path: Steps;
  /** Path of the field that was meant by an unknown one, if one is near. */
  readonly meant?: string;
  /** What is read in its place, when it is plain what was meant. */
  readonly instead?: unknown;
  /** Whether fields beside it may look faulty only because of it. */
  readonly wide?: boolean;
}

const names: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a mapping',
  record: 'a mapping',
  array: 'a list',
};

function valueAt(root: unknown, path: Steps): unknown {
  let here = root;
  for (const key of path) here = typeof here === 'object' && here !== null ? Reflect.get(here, key) : undefined;
  return here;
}

function described(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (value === null) return 'null';
  if (typeof value === 'object') return 'a mapping';
  const text = JSON.stringify(value) ?? 'nothing';
  return `the ${typeof value} ${text.length > 60 ? `${text.slice(0, 57)}…` : text}`;
}

function isNumeral(expected: string, value: unknown): value is string {
  return (expected === 'int' || expected === 'number') && typeof value === 'string' && /^-?\d{1,9}$/.test(value);
}

function cure(expected: string, value: unknown): string | undefined {
  if (expected === 'string' && typeof value === 'number') return `Write it in quotes: "${value}".`;
  if (expected === 'string' && typeof value === 'boolean') {
    return 'Write it in quotes: without them yes, no, on, off, true and false are booleans.';
  }
  if (isNumeral(expected, value)) return `Write it without quotes: ${value}.`;
  if (expected === 'boolean' && typeof value === 'string' && /^(true|false)$/i.test(value)) {
    return `Write it without quotes: ${value.toLowerCase()}.`;
  }
  if (expected === 'array' && value !== null) return 'Begin each entry with "- ".';
  return undefined;
}

function wrongType(path: Steps, expected: string, value: unknown): DecodeFault {
  const hint = cure(expected, value);
  return {
    code: 'invalid-object',
    path,
    field: at('', ...path),
    message: `must be ${names[expected] ?? expected}, not ${described(value)}`,
    ...(hint === undefined ? {} : { hint }),
    ...(isNumeral(expected, value) ? { instead: Number(value) } : {}),
    ...(expected === 'string' && typeof value !== 'object' ? { instead: String(value) } : {}),
  };
}

function wrongWord(path: Steps, value: string, supported: readonly string[]): DecodeFault {
  const instead = nearest(value, supported);
  const fault = notSupported(at('', ...path), value, supported);
  return { code: 'invalid-object', path, ...fault, ...(instead === undefined ? { wide: true } : { instead }) };
}

function unknownField(parent: Steps, key: string, known: readonly string[]): DecodeFault {
  const meant = nearest(key, known);
  const path = [...parent, key];
  const list = known.length > 0 && known.length <= 16 ? `Fields here: ${known.join(', ')}.` : undefined;
  const hint = meant === undefined ? list : `Did you mean ${meant}?`;
  return {
    code: 'unknown-field',
    path,
    field: at('', ...path),
    message: `unknown field "${key}"`,
    ...(hint === undefined ? {} : { hint }),
    ...(meant === undefined ? {} : { meant: at('', ...parent, meant) }),
  };
}

function faultsOf(issue: Issue, raw: unknown, schema: Schema): readonly DecodeFault[] {
  const path = issue.path.map((key) => (typeof key === 'symbol' ? String(key) : key));
  const value = valueAt(raw, path);
  const field = at('', ...path);
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = knownFields(schema, path);
      return issue.keys.map((key) => unknownField(path, key, known));
    }
    case 'invalid_type':
      return [wrongType(path, issue.expected, value)];
    case 'invalid_value':
      if (typeof value !== 'string') return [wrongType(path, 'string', value)];
      return [wrongWord(path, value, issue.values.map(String))];
    case 'invalid_union':
      return [wrongType(path, 'a number or a string', value)];
    default:
      return [{ code: 'invalid-object', path, ...invalid(field, value, issue.message) }];
  }
}

/** The value as the schema reads it, or everything that does not fit. */
export function decode(
  schema: Schema,
  raw: unknown,
): { readonly value: unknown } | { readonly faults: readonly DecodeFault[] } {
  const result = z.safeParse(schema, raw);
  if (result.success) return { value: result.data };
  return { faults: result.error.issues.flatMap((issue) => faultsOf(issue, raw, schema)) };
}

/** A copy of the value with the faulty parts cut out, or put right where it is plain what was meant. */
export function repaired(root: unknown, faults: readonly DecodeFault[]): unknown {
  return faults.reduce((value, { path, instead }) => change(value, path, instead), root);
}

function change(value: unknown, [key, ...rest]: Steps, instead: unknown): unknown {
  if (key === undefined) return instead;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((entry, index) => (index === key ? change(entry, rest, instead) : entry));
  const entries = Object.entries(value).flatMap(([name, entry]) => {
    if (name !== String(key)) return [[name, entry] as const];
    const changed = change(entry, rest, instead);
    return changed === undefined ? [] : [[name, changed] as const];
  });
  return Object.fromEntries(entries);
}
