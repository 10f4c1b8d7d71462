import { at } from '../path.ts';
import type { KubeObject, ObjectMeta, StringMap } from '../types/meta.ts';
import { forbidden, type Invalid, invalid, required } from './invalid.ts';
import { checkName, dns1123Label, labelValue, type NameRule, qualifiedName } from './names.ts';

const annotationLimit = 256 * 1024;

/** Keys and values of labels. */
export function* checkLabels(field: string, labels: StringMap | undefined): Generator<Invalid> {
  for (const [key, value] of Object.entries(labels ?? {})) {
    yield* checkName(at(field, key), key, qualifiedName);
    yield* checkName(at(field, key), value, labelValue);
  }
}

/** Keys and total size (256 KiB) of annotations. */
export function* checkAnnotations(field: string, annotations: StringMap | undefined): Generator<Invalid> {
  let size = 0;
  for (const [key, value] of Object.entries(annotations ?? {})) {
    yield* checkName(at(field, key), key.toLowerCase(), qualifiedName);
    size += key.length + value.length;
  }
  if (size > annotationLimit) yield { field, message: `Too long: may not be more than ${annotationLimit} bytes` };
}

function suggestedName(name: string): string | undefined {
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9.-]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '');
  return plain === '' || plain === name ? undefined : `For example ${plain}.`;
}

function* checkOwners(meta: ObjectMeta): Generator<Invalid> {
  let controllers = 0;
  for (const [index, owner] of (meta.ownerReferences ?? []).entries()) {
    const field = at('metadata.ownerReferences', index);
    for (const key of ['apiVersion', 'kind', 'name', 'uid'] as const) {
      if ((owner[key] ?? '') === '') yield required(`${field}.${key}`);
    }
    if (owner.controller === true && ++controllers === 2) {
      yield invalid(field, owner.name, 'only one reference can have controller set to true');
    }
  }
}

/** Name, namespace, labels, annotations and owners of any object. */
export function* checkMeta(object: KubeObject, rule: NameRule, namespaced: boolean): Generator<Invalid> {
  const { metadata } = object;
  if (metadata.name === '') yield required('metadata.name', 'Every object needs a name.');
  else yield* checkName('metadata.name', metadata.name, rule, suggestedName(metadata.name));
  const namespace = metadata.namespace ?? '';
  if (!namespaced && namespace !== '') {
    yield forbidden('metadata.namespace', `not allowed on this type: a ${object.kind} has no namespace`, 'Remove it.');
  }
  if (namespaced) yield* checkName('metadata.namespace', namespace, dns1123Label);
  yield* checkLabels('metadata.labels', metadata.labels);
  yield* checkAnnotations('metadata.annotations', metadata.annotations);
  yield* checkOwners(metadata);
}
