import { type DecodeFault, decode, repaired } from './decode.ts';
import type { Draft, KindDefinition } from './definition.ts';
import type { Fault } from './fault.ts';
import { isMapping, type Mapping } from './mapping.ts';
import { nearest } from './nearest.ts';
import { kindOf, kinds } from './registry.ts';
import type { LabObject } from './types/object.ts';

const deepest = 200;

/** What normalizeObject gives: the object, or all that is wrong with it. */
export type Normalized = { readonly object: LabObject } | { readonly faults: readonly Fault[] };

/** Whether the value is nested deeper than the limit. Does not recurse, so that no depth can harm it. */
function isDeeper(root: unknown, limit: number): boolean {
  let level: readonly unknown[] = [root];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > limit) return true;
    level = level.flatMap((value) => (typeof value === 'object' && value !== null ? Object.values(value) : []));
  }
  return false;
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isMapping(value)) return value;
  const kept = Object.entries(value).filter(([, entry]) => entry !== null && entry !== undefined);
  return Object.fromEntries(kept.map(([key, entry]) => [key, withoutNulls(entry)]));
}

function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
}

/** The fault of an object whose kind is not known, with the nearest kind that is. */
function unknownKind(apiVersion: string, kind: string): Fault {
  const same = kinds.find((definition) => definition.kind === kind);
  if (same !== undefined) {
    const groups = same.versions.map(groupOf);
    const field = groups.includes(groupOf(apiVersion)) ? 'apiVersion' : 'kind';
    const hint = `Write apiVersion: ${same.versions[0]}.`;
    return { code: 'unknown-kind', field, message: `no kind ${kind} in version "${apiVersion}"`, hint };
  }
  const names = kinds.map((definition) => definition.kind);
  const guess = nearest(kind, names);
  const hint = guess === undefined ? `Kinds: ${names.join(', ')}.` : `Did you mean ${guess}?`;
  return { code: 'unknown-kind', field: 'kind', message: `unknown kind "${kind}" (${apiVersion})`, hint };
}

/** The apiVersion and kind of a mapping, or the faults that hide them. */
function typeOf(raw: Mapping): { readonly apiVersion: string; readonly kind: string } | { readonly faults: Fault[] } {
  const faults: Fault[] = [];
  for (const field of ['apiVersion', 'kind'] as const) {
    const value = raw[field];
    if (typeof value === 'string' && value !== '') continue;
    const message = value === undefined || value === null || value === '' ? 'Required value' : 'must be a string';
    const hint = field === 'kind' ? 'For example kind: Service.' : 'For example apiVersion: v1.';
    faults.push({ code: 'invalid-object', field, message, hint });
  }
  return faults.length > 0 ? { faults } : { apiVersion: String(raw.apiVersion), kind: String(raw.kind) };
}

/** Whether one field path lies at or under the other. */
function isUnder(field: string, parent: string): boolean {
  return field.startsWith(parent) && (field.length === parent.length || /[.[]/.test(field[parent.length] ?? ''));
}

function parentOf(field: string): string {
  return field.replace(/(\.[^.[\]]+|\[[^\]]*\])$/, '');
}

/** Whether a semantic fault may only be there because something faulty was cut out of the object. */
function follows(field: string, cause: DecodeFault): boolean {
  const places = [cause.field, ...(cause.meant === undefined ? [] : [cause.meant])];
  if (cause.wide === true) places.push(parentOf(cause.field));
  return places.some((place) => isUnder(field, place) || isUnder(place, field));
}

function semanticFaults(definition: KindDefinition, object: LabObject): readonly Fault[] {
  return definition.validate(object).map((fault) => ({ code: 'invalid-object', ...fault }));
}

/** Faults of meaning in what is left of an object after the parts that could not be read are cut out or put right. */
function furtherFaults(definition: KindDefinition, raw: Mapping, faults: readonly DecodeFault[]): readonly Fault[] {
  const rest = decode(definition.schema(), repaired(raw, faults));
  if ('faults' in rest) return [];
  const object = definition.normalize(withoutNulls(rest.value) as Draft<LabObject>);
  const found = semanticFaults(definition, object);
  return found.filter(({ field }) => !faults.some((fault) => follows(field, fault)));
}

function plain({ code, field, message, hint }: DecodeFault): Fault {
  return { code, field, message, ...(hint === undefined ? {} : { hint }) };
}

/**
 * The object in its current form with all defaults, or everything an API server would refuse in it: unknown fields
 * (`unknown-field`), an unknown kind (`unknown-kind`), wrong types and values (`invalid-object`). Lists are not
 * objects: see expandList.
 */
export function normalizeObject(raw: unknown): Normalized {
  if (!isMapping(raw)) {
    return { faults: [{ code: 'invalid-object', field: '', message: 'an object must be a mapping' }] };
  }
  if (isDeeper(raw, deepest)) {
    return { faults: [{ code: 'invalid-object', field: '', message: `nested deeper than ${deepest} levels` }] };
  }
  const type = typeOf(raw);
  if ('faults' in type) return type;
  const definition = kindOf(type.apiVersion, type.kind);
  if (definition === undefined) return { faults: [unknownKind(type.apiVersion, type.kind)] };
  const decoded = decode(definition.schema(), raw);
  if ('faults' in decoded) {
    return { faults: [...decoded.faults.map(plain), ...furtherFaults(definition, raw, decoded.faults)] };
  }
  const object = definition.normalize(withoutNulls(decoded.value) as Draft<LabObject>);
  const faults = semanticFaults(definition, object);
  return faults.length > 0 ? { faults } : { object };
}
