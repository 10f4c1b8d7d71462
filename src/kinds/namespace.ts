import { checkMeta } from './check/meta.ts';
import { dns1123Label } from './check/names.ts';
import { age } from './columns.ts';
import { defaultObject } from './defaults.ts';
import { defineKind } from './definition.ts';
import { condition, topLevel } from './schema/meta.ts';
import { list, struct, text, texts } from './schema/struct.ts';

/** Namespace, core/v1. */
export const namespaceKind = defineKind<'Namespace'>({
  kind: 'Namespace',
  versions: ['v1'],
  shortNames: ['ns'],
  namespaced: false,
  schema: () =>
    topLevel({ spec: struct({ finalizers: texts }), status: struct({ phase: text, conditions: list(condition) }) }),
  normalize: (draft) => ({
    ...draft,
    ...defaultObject(draft, { apiVersion: 'v1', kind: 'Namespace', namespaced: false }),
  }),
  validate: (object) => checkMeta(object, dns1123Label, false),
  columns: {
    headers: ['NAME', 'STATUS', 'AGE'],
    wide: [],
    row: ({ metadata }, now) => [
      metadata.name,
      metadata.deletionTimestamp === undefined ? 'Active' : 'Terminating',
      age(metadata.creationTimestamp, now),
    ],
  },
});
