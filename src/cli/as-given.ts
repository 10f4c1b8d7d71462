import type { KubeObject } from '../kinds/types/meta.ts';

/** Whether the objects are those of a cluster that exists; a Lab object among them makes them those of a lab. */
export function isExistingCluster(objects: readonly KubeObject[]): boolean {
  return !objects.some(({ kind }) => kind === 'Lab');
}

/**
 * Objects of a cluster that exists, as files tell of it: without a Lab object among them nothing is added that they do not
 * have, such as cluster DNS. With one, they are those of a lab, which has it unless the Lab says otherwise.
 */
export function asGiven(objects: readonly KubeObject[]): readonly KubeObject[] {
  if (!isExistingCluster(objects)) return objects;
  const lab = { apiVersion: 'svclab.dev/v1', kind: 'Lab', metadata: { name: 'default' }, spec: { dns: false } };
  return [...objects, lab];
}
