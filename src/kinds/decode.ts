import type * as z from 'zod/mini';
import { invalid, notSupported } from './check/invalid.ts';
import type { Fault } from './fault.ts';
import { nearest } from './nearest.ts';
import { at, type PathStep } from './path.ts';
import type { Schema } from './schema/struct.ts';
import { knownFields } from './schema/walk.ts';

type Issue = z.core.$ZodIssue;
type Steps = readonly PathStep[];

/** A fault of the schema, and the places to cut out so that the rest can be read. */
export interface DecodeFault extends Fault {
  readonly path: Steps;
  /** The right name of an unknown field, if one is near. */
  readonly meant?: string;
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

function cure(expected: string, value: unknown): string | undefined {
  if (expected === 'string' && (typeof value === 'number' || typeof value === 'boolean')) {
    return `Write it in quotes: "${value}".`;
  }
  if ((expected === 'int' || expected === 'number') && typeof value === 'string' && /^-?\d+$/.test(value)) {
    return `Write it without quotes: ${value}.`;
  }
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
  };
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
      return [{ code: 'invalid-object', path, ...notSupported(field, value, issue.values.map(String)) }];
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
  const result = schema._zod.run({ value: raw, issues: [] }, { async: false });
  if (result instanceof Promise) throw new TypeError('schemas of kinds are never asynchronous');
  return result.issues.length === 0
    ? { value: result.value }
    : { faults: (result.issues as unknown as readonly Issue[]).flatMap((issue) => faultsOf(issue, raw, schema)) };
}

/** A copy of the value without the things at these places; only the mappings and lists on the way are copied. */
export function without(root: unknown, paths: readonly Steps[]): unknown {
  return paths.reduce((value, path) => cut(value, path), root);
}

function cut(value: unknown, [key, ...rest]: Steps): unknown {
  if (typeof value !== 'object' || value === null || key === undefined) return value;
  if (Array.isArray(value)) return value.map((entry, index) => (index === key ? cutEntry(entry, rest) : entry));
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, entry]) => {
      if (name !== String(key)) return [[name, entry] as const];
      return rest.length === 0 ? [] : [[name, cut(entry, rest)] as const];
    }),
  );
}

function cutEntry(entry: unknown, rest: Steps): unknown {
  return rest.length === 0 ? null : cut(entry, rest);
}
