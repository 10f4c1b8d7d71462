import type { Invalid } from './check/invalid.ts';
import { once } from './once.ts';
import type { Schema } from './schema/struct.ts';
import type { KindName, ObjectOf } from './types/object.ts';

/** The type with every field optional at every depth: an object as a manifest may give it, types already checked. */
export type Draft<T> = T extends readonly (infer E)[]
  ? readonly Draft<E>[]
  : T extends object
    ? { readonly [K in keyof T]?: Draft<T[K]> | undefined }
    : T;

/** The table that `svclab get` prints of a kind, as kubectl does. */
export interface Columns<T> {
  readonly headers: readonly string[];
  /** Further headers of `-o wide`. */
  readonly wide: readonly string[];
  /** One cell for each of `headers` and `wide`. `now` is in milliseconds since 1970. */
  row(object: T, now: number): readonly string[];
}

/** Everything that is particular to one kind of object. */
export interface KindDefinition<K extends KindName = KindName> {
  readonly kind: K;
  /** API group of the preferred version; empty for core. */
  readonly group: string;
  /** Every apiVersion accepted, the one that objects are kept in first. */
  readonly versions: readonly string[];
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly namespaced: boolean;
  /** The strict schema, built on first use. */
  schema(): Schema;
  /** Current form with all defaults; `draft` has passed the schema and holds no nulls. */
  normalize(draft: Draft<ObjectOf<K>>): ObjectOf<K>;
  /** What an API server would refuse in the defaulted object. */
  validate(object: ObjectOf<K>): readonly Invalid[];
  /** What an API server would refuse in the change; `next` has passed `validate`. */
  validateUpdate(old: ObjectOf<K>, next: ObjectOf<K>): readonly Invalid[];
  readonly columns: Columns<ObjectOf<K>>;
}

/** What a kind's file gives: checks as generators, and names that follow from the kind left out. */
export interface KindParts<K extends KindName> {
  readonly kind: K;
  readonly versions: readonly [string, ...string[]];
  readonly plural?: string;
  readonly shortNames?: readonly string[];
  readonly namespaced: boolean;
  schema(): Schema;
  normalize(draft: Draft<ObjectOf<K>>): ObjectOf<K>;
  validate(object: ObjectOf<K>): Iterable<Invalid>;
  validateUpdate?(old: ObjectOf<K>, next: ObjectOf<K>): Iterable<Invalid>;
  readonly columns: Columns<ObjectOf<K>>;
}

/** The definition of a kind from its parts. */
export function defineKind<K extends KindName>(parts: KindParts<K>): KindDefinition<K> {
  const singular = parts.kind.toLowerCase();
  const slash = parts.versions[0].indexOf('/');
  return {
    kind: parts.kind,
    group: slash < 0 ? '' : parts.versions[0].slice(0, slash),
    versions: parts.versions,
    plural: parts.plural ?? `${singular}s`,
    singular,
    shortNames: parts.shortNames ?? [],
    namespaced: parts.namespaced,
    schema: once(() => parts.schema()),
    normalize: (draft) => parts.normalize(draft),
    validate: (object) => [...parts.validate(object)],
    validateUpdate: (old, next) => [...(parts.validateUpdate?.(old, next) ?? [])],
    columns: parts.columns,
  };
}
