import { LabError } from '../errors.ts';
import { isMapping } from '../kinds/mapping.ts';
import type { KubeObject } from '../kinds/types/meta.ts';
import { inputDocuments, type ManifestInput } from './input-documents.ts';

/** What an object may be nested; a check of it says more about deeper ones. */
const deepest = 50;

/** Whether the value stays what it is as JSON. */
function isPlain(value: unknown, depth = 0): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return value !== undefined;
  return depth < deepest && Object.values(value).every((part) => isPlain(part, depth + 1));
}

/** Kind, namespace and name of a single object; undefined for a list, and for what cannot be an object. */
function identity(value: unknown): string | undefined {
  if (!isMapping(value) || !isMapping(value.metadata) || typeof value.kind !== 'string') return undefined;
  const { namespace = 'default', name } = value.metadata;
  return value.kind.endsWith('List') ? undefined : `${value.kind} ${namespace}/${name}`;
}

/**
 * The objects of manifests as they are written, for a lab that checks them itself: only YAML is read, which takes half
 * the time. Undefined where a check must come first: a fault, a list, two objects of one name.
 */
export function uncheckedObjects(inputs: readonly (ManifestInput | LabError)[]): readonly KubeObject[] | undefined {
  const objects: KubeObject[] = [];
  const seen = new Set<string | undefined>([undefined]);
  for (const input of inputs) {
    if (input instanceof LabError) return undefined;
    const { documents, errors } = inputDocuments(input);
    if (errors.length > 0) return undefined;
    for (const { value } of documents) {
      const name = identity(value);
      if (seen.has(name) || !isPlain(value)) return undefined;
      seen.add(name);
      objects.push(value as KubeObject);
    }
  }
  return objects;
}
