import { LabError } from '../errors.ts';
import { nearest } from '../kinds/nearest.ts';
import { type Cidr, type Family, familyOf, type IP, tryParseCidr, tryParseIP } from '../net/address.ts';
import { type JsonMember, type JsonNode, type JsonObject, type JsonSource, placeOf } from './json-text.ts';

/** Reads the keys of one JSON object, without regard to case; faults are collected, and a faulty value reads as absent. */
export interface Fields {
  /** Whether the key is given, and not null. */
  has(name: string): boolean;
  /** Whole number within the limits, both inclusive. */
  integer(name: string, limits: { readonly min: number; readonly max: number }): number | undefined;
  boolean(name: string): boolean | undefined;
  string(name: string): string | undefined;
  cidr(name: string, family: Family): Cidr | undefined;
  ip(name: string, family: Family): IP | undefined;
  object(name: string): JsonObject | undefined;
  /** Records an `invalid-object` error at the key, or at the object when the key is absent. */
  fault(name: string, message: string, hint: string): void;
}

interface Context {
  readonly source: JsonSource;
  readonly faults: LabError[];
  /** Path of the object, with a dot behind it: `Backend.`, or empty. */
  readonly path: string;
}

function unknownKey(context: Context, member: JsonMember, names: readonly string[]): LabError {
  const guess = nearest(member.key, names);
  return new LabError('unknown-field', `unknown key "${context.path}${member.key}"`, {
    field: `${context.path}${member.key}`,
    place: placeOf(context.source, member.offset),
    hint: guess === undefined ? `The keys are ${names.join(', ')}.` : `Did you mean ${guess}?`,
  });
}

/** Finds the value of each known name, and records unknown keys and keys given twice. */
function collect(context: Context, node: JsonObject, names: readonly string[]): ReadonlyMap<string, JsonNode> {
  const known = new Map(names.map((name) => [name.toLowerCase(), name]));
  const found = new Map<string, JsonNode>();
  for (const member of node.members) {
    const name = known.get(member.key.toLowerCase());
    if (name === undefined) {
      context.faults.push(unknownKey(context, member, names));
    } else if (found.has(name)) {
      context.faults.push(
        new LabError('invalid-object', `${context.path}${name} is given twice`, {
          field: `${context.path}${name}`,
          place: placeOf(context.source, member.offset),
          hint: 'Upper and lower case make no difference in these keys; keep one of them.',
        }),
      );
    } else {
      found.set(name, member.value);
    }
  }
  return found;
}

/** Starts to read an object that may have the named keys; `null` counts as absent, as it does for Go programs. */
export function readFields(context: Context, node: JsonObject, names: readonly string[]): Fields {
  const found = collect(context, node, names);
  const fault = (name: string, message: string, hint: string): void => {
    const field = `${context.path}${name}`;
    const place = placeOf(context.source, (found.get(name) ?? node).offset);
    context.faults.push(new LabError('invalid-object', `${field} ${message}`, { field, place, hint }));
  };
  const read = <K extends JsonNode['kind']>(name: string, kind: K, hint: string) => {
    const value = found.get(name);
    if (value === undefined || value.kind === 'null') return undefined;
    if (value.kind === kind) return value as Extract<JsonNode, { kind: K }>;
    fault(name, `must be ${kind === 'object' ? 'an' : 'a'} ${kind}, not a ${value.kind}`, hint);
    return undefined;
  };
  const parsed = <T extends IP | Cidr>(
    name: string,
    family: Family,
    parse: (text: string) => T | undefined,
    hint: string,
  ) => {
    const text = read(name, 'string', hint)?.value;
    if (text === undefined) return undefined;
    const value = parse(text);
    if (value !== undefined && familyOf(value) === family) return value;
    fault(name, `is ${JSON.stringify(text)}`, hint);
    return undefined;
  };
  return {
    fault,
    has: (name) => (found.get(name)?.kind ?? 'null') !== 'null',
    integer: (name, { min, max }) => {
      const hint = `Give a whole number from ${min} to ${max}.`;
      const value = read(name, 'number', hint)?.value;
      if (value === undefined || (Number.isInteger(value) && value >= min && value <= max)) return value;
      fault(name, `is ${value}`, hint);
      return undefined;
    },
    boolean: (name) => read(name, 'boolean', 'Write true or false, without quotes.')?.value,
    string: (name) => read(name, 'string', 'Write it in double quotes.')?.value,
    cidr: (name, family) =>
      parsed(name, family, tryParseCidr, `Write it like ${family === 'ipv4' ? '10.244.0.0/16' : 'fd00:10:244::/56'}.`),
    ip: (name, family) =>
      parsed(name, family, tryParseIP, `Write it like ${family === 'ipv4' ? '10.244.1.0' : 'fd00:10:244:1::'}.`),
    object: (name) => read(name, 'object', 'Write it like { "Type": "vxlan" }.'),
  };
}
