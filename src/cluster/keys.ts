import type { ObjectKey } from '../api/types.ts';
import type { KindName, LabObject } from '../kinds/types/object.ts';

/** Identity of an object in one text: `Pod/default/web-0`, `Node//node1`. */
export type Key = string;

/** The key of the object of this kind, namespace (empty for kinds without) and name. */
export function makeKey(kind: KindName, namespace: string | undefined, name: string): Key {
  return `${kind}/${namespace ?? ''}/${name}`;
}

/** The key of a stored object. */
export function keyOf(object: LabObject): Key {
  return makeKey(object.kind, object.metadata.namespace, object.metadata.name);
}

/** Kind of a key. */
export function kindOfKey(key: Key): KindName {
  return key.slice(0, key.indexOf('/')) as KindName;
}

/** Kind, namespace and name of a key. */
export function parseKey(key: Key): { readonly kind: KindName; readonly namespace: string; readonly name: string } {
  const [kind = '', namespace = '', name = ''] = key.split('/');
  return { kind: kind as KindName, namespace, name };
}

/** The key as the API writes it, without an empty namespace. */
export function toObjectKey(key: Key): ObjectKey {
  const { kind, namespace, name } = parseKey(key);
  return { kind, ...(namespace === '' ? {} : { namespace }), name };
}

/** `NAMESPACE/NAME`, as Kubernetes writes it in messages; only NAME for kinds without namespace. */
export function namespacedName(object: LabObject): string {
  const { namespace, name } = object.metadata;
  return namespace === undefined || namespace === '' ? name : `${namespace}/${name}`;
}
