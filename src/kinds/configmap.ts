import { forbidden, type Invalid, invalid, immutable as unchangeable } from './check/invalid.ts';
import { checkMeta } from './check/meta.ts';
import { dns1123Subdomain } from './check/names.ts';
import { age } from './columns.ts';
import { defaultObject } from './defaults.ts';
import { defineKind } from './definition.ts';
import { at } from './path.ts';
import { topLevel } from './schema/meta.ts';
import { flag, stringMap } from './schema/struct.ts';
import type { ConfigMap } from './types/configmap.ts';

const sizeLimit = 1024 * 1024;

function* validate(object: ConfigMap): Generator<Invalid> {
  yield* checkMeta(object, dns1123Subdomain, true);
  let size = 0;
  for (const [key, value] of Object.entries(object.data ?? {})) {
    if (!/^[-._a-zA-Z0-9]{1,253}$/.test(key) || key === '.' || key.startsWith('..')) {
      const why = "a valid config key must consist of alphanumeric characters, '-', '_' or '.'";
      yield invalid(at('data', key), key, why);
    }
    if (Object.hasOwn(object.binaryData ?? {}, key)) {
      yield invalid(at('data', key), key, 'duplicate of key present in binaryData');
    }
    size += value.length;
  }
  if (size > sizeLimit) yield { field: 'data', message: `Too long: may not be more than ${sizeLimit} bytes` };
}

function* validateUpdate(old: ConfigMap, next: ConfigMap): Generator<Invalid> {
  if (old.immutable !== true) return;
  if (next.immutable !== true) yield forbidden('immutable', 'field is immutable when `immutable` is set');
  if (JSON.stringify(old.data) !== JSON.stringify(next.data)) yield unchangeable('data', Object.keys(next.data ?? {}));
}

/** ConfigMap, core/v1. */
export const configMapKind = defineKind<'ConfigMap'>({
  kind: 'ConfigMap',
  versions: ['v1'],
  shortNames: ['cm'],
  namespaced: true,
  schema: () => topLevel({ data: stringMap, binaryData: stringMap, immutable: flag }),
  normalize: (draft) =>
    ({ ...draft, ...defaultObject(draft, { apiVersion: 'v1', kind: 'ConfigMap', namespaced: true }) }) as ConfigMap,
  validate,
  validateUpdate,
  columns: {
    headers: ['NAME', 'DATA', 'AGE'],
    wide: [],
    row: ({ metadata, data, binaryData }, now) => [
      metadata.name,
      String(Object.keys(data ?? {}).length + Object.keys(binaryData ?? {}).length),
      age(metadata.creationTimestamp, now),
    ],
  },
});
