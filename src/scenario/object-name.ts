import type { ObjectKey } from '../api/types.ts';
import { LabError } from '../errors.ts';
import type { KindDefinition } from '../kinds/definition.ts';
import { kindNamed } from '../kinds/registry.ts';

/** One object, as a step names it. */
export interface ObjectName {
  readonly definition: KindDefinition;
  readonly namespace: string;
  readonly name: string;
}

/** The object that `KIND/NAME` or `KIND/NAMESPACE/NAME` names, such as `service/web`. Throws `usage`. */
export function objectName(text: string): ObjectName {
  const [kind = '', ...names] = text.split('/');
  const definition = kindNamed(kind);
  const [name = '', namespace = 'default', ...more] = names.reverse();
  if (definition !== undefined && name !== '' && more.length === 0) return { definition, namespace, name };
  throw new LabError('usage', `"${text}" names no object`, {
    hint: 'Write KIND/NAME or KIND/NAMESPACE/NAME, like service/web.',
  });
}

/** The object's name as the lab's API takes it. */
export function keyOf({ definition, namespace, name }: ObjectName): ObjectKey {
  return { kind: definition.kind, ...(definition.namespaced ? { namespace } : {}), name };
}

/** REST path of the object. */
export function restPath({ definition, namespace, name }: ObjectName): string {
  const version = definition.versions[0] ?? 'v1';
  const root = version.includes('/') ? `/apis/${version}` : `/api/${version}`;
  const inside = definition.namespaced ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  return `${root}${inside}/${definition.plural}/${encodeURIComponent(name)}`;
}
