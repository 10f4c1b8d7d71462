import type { ApplyRequest, ApplyResponse, DeleteRequest } from '../api/types.ts';
import { type ApplyContext, applyObjects } from '../cluster/admission.ts';
import { systemNamespaces } from '../cluster/bootstrap.ts';
import { deleteObjects } from '../cluster/deletion.ts';
import { keyOf, makeKey } from '../cluster/keys.ts';
import { LabError } from '../errors.ts';
import { normalizeObject } from '../kinds/normalize.ts';
import type { LabObject } from '../kinds/types/object.ts';
import { checkConfiguration, checkNodeAddresses } from './check-config.ts';
import { clusterDnsManifests } from './cluster-dns.ts';
import type { LabState } from './state.ts';

const kubernetesServiceKey = makeKey('Service', 'default', 'kubernetes');

/**
 * Creates or changes the objects, all of them or none. The first call of a lab also makes its nodes, from the Lab object
 * among them or the default one, and the namespaces that objects are in and none defines. Throws all faults of all objects at once, with `object` and `field`.
 */
export function applyToLab(
  lab: Pick<LabState, 'name' | 'store'>,
  { objects, dryRun = false }: ApplyRequest,
  options: Pick<ApplyContext, 'mode' | 'keepStatus'> = {},
): ApplyResponse {
  const first = lab.store.list('Lab').length === 0;
  const given = first ? normalizeAll(objects).map(asNew) : normalizeAll(objects);
  const added = first ? addedObjects(lab.name, given) : [];
  const results = lab.store.transaction(() => {
    const applied = applyObjects(lab.store, [...given, ...added], { ...options, dryRun });
    checkConfiguration(lab.store, given, first);
    if (options.keepStatus !== true) checkNodeAddresses(lab.store, given);
    return applied;
  });
  return { results: results.slice(0, given.length) };
}

/**
 * An object of a dump as a new lab takes it: versions of another cluster mean nothing here, nor do the identities of what
 * every cluster has. Other identities stay, so that ownerReferences hold.
 */
function asNew(object: LabObject): LabObject {
  const { resourceVersion: _, uid, ...metadata } = object.metadata;
  const everyClusterHasIt = object.kind === 'Namespace' || keyOf(object) === kubernetesServiceKey;
  const kept = uid === undefined || everyClusterHasIt ? {} : { uid };
  return { ...object, metadata: { ...metadata, ...kept } };
}

/** The namespaces that objects are in, and that no object defines. */
function missingNamespaces(given: readonly LabObject[]): readonly LabObject[] {
  const there = new Set([...systemNamespaces, ...given.filter(({ kind }) => kind === 'Namespace').map(nameOf)]);
  const used = new Set(given.flatMap(({ metadata }) => metadata.namespace ?? []));
  const missing = [...used].filter((name) => !there.has(name));
  return normalizeAll(missing.map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })));
}

function nameOf({ metadata }: LabObject): string {
  return metadata.name;
}

/**
 * What a new lab gets that nobody asked for in so many words: namespaces, the Lab object itself, and cluster DNS
 * unless it is not wanted.
 */
function addedObjects(name: string, given: readonly LabObject[]): readonly LabObject[] {
  const own = given.find((object) => object.kind === 'Lab');
  const lab = own ?? defaultLab(name);
  if (lab.kind !== 'Lab') return [];
  const taken = new Set(given.map(keyOf));
  const dns = normalizeAll(clusterDnsManifests(lab.spec, given));
  return [
    ...missingNamespaces(given),
    ...(own === undefined ? [lab] : []),
    ...dns.filter((object) => !taken.has(keyOf(object))),
  ];
}

function defaultLab(name: string): LabObject {
  const [object] = normalizeAll([{ apiVersion: 'svclab.dev/v1', kind: 'Lab', metadata: { name } }]);
  if (object === undefined) throw new LabError('internal', 'the default Lab object is not valid');
  return object;
}

function normalizeAll(objects: readonly unknown[]): LabObject[] {
  const faults: LabError[] = [];
  const normal = objects.flatMap((raw, index) => {
    const result = normalizeObject(raw);
    if ('object' in result) return [result.object];
    for (const { code, message, field, hint } of result.faults) {
      faults.push(new LabError(code, message, { object: index, field, ...(hint === undefined ? {} : { hint }) }));
    }
    return [];
  });
  const [first] = faults;
  if (first !== undefined) throw new LabError(first.code, first.message, { all: faults });
  return normal;
}

/** Deletes objects and what depends on them, as `kubectl delete` does. Throws `not-found`, `forbidden`. */
export function deleteFromLab(
  lab: Pick<LabState, 'name' | 'store'>,
  { objects, ignoreNotFound = false, gracePeriodSeconds }: DeleteRequest,
): ApplyResponse {
  const context = { ignoreNotFound, ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }) };
  return { results: lab.store.transaction(() => deleteObjects(lab.store, objects, context)) };
}
