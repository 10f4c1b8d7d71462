import { requestJSON, requestLines } from '../api/http.ts';
import type { LabLocation } from '../api/locate.ts';
import type { ApplyResponse, ApplyResult } from '../api/types.ts';
import type { KindDefinition } from '../kinds/definition.ts';
import type { KubeObject } from '../kinds/types/meta.ts';
import { collectionPath, kindOf, objectPath, qualifiedKind, type ResourceName } from './resources.ts';

/** Objects of one kind, as the Kubernetes API lists them. */
export interface ObjectList {
  readonly definition: KindDefinition;
  readonly items: readonly KubeObject[];
  /** From where on to watch. */
  readonly resourceVersion: string;
}

/** Which objects are wanted. */
export interface Selection {
  /** All namespaces when absent. */
  readonly namespace?: string;
  /** A label selector, as the API takes it. */
  readonly selector?: string;
}

interface ListBody {
  readonly items: readonly Omit<KubeObject, 'apiVersion' | 'kind'>[];
  readonly metadata?: { readonly resourceVersion?: string };
}

function query(selection: Selection, more: Readonly<Record<string, string>> = {}): string {
  const parameters = new URLSearchParams({
    ...(selection.selector === undefined ? {} : { labelSelector: selection.selector }),
    ...more,
  });
  return parameters.size === 0 ? '' : `?${parameters}`;
}

/** Lists objects: GET of a collection. The items of a list carry no kind of their own; here they do. */
export async function listObjects(
  lab: LabLocation,
  definition: KindDefinition,
  selection: Selection,
): Promise<ObjectList> {
  const path = `${collectionPath(definition, selection.namespace)}${query(selection)}`;
  const { items, metadata } = await requestJSON<ListBody>(lab, { path });
  const apiVersion = definition.versions[0] ?? 'v1';
  return {
    definition,
    items: items.map((item) => ({ apiVersion, kind: definition.kind, ...item })),
    resourceVersion: metadata?.resourceVersion ?? '',
  };
}

/** The object with this name, or the objects of the kind. Throws `not-found`. */
export async function fetchObjects(
  lab: LabLocation,
  { definition, name }: ResourceName,
  selection: Selection,
): Promise<ObjectList> {
  if (name === undefined) return listObjects(lab, definition, selection);
  const object = await fetchObject(lab, { definition, name }, selection.namespace ?? 'default');
  return { definition, items: [object], resourceVersion: object.metadata.resourceVersion ?? '' };
}

/** One object. Throws `not-found`. */
export function fetchObject(
  lab: LabLocation,
  { definition, name }: Required<ResourceName>,
  namespace: string,
): Promise<KubeObject> {
  return requestJSON(lab, { path: objectPath(definition, namespace, name) });
}

/** A change that a watch reports. */
export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: KubeObject;
}

/** The changes after a list was made, as they come. */
export function watchObjects(
  lab: LabLocation,
  { definition, resourceVersion }: ObjectList,
  selection: Selection,
): AsyncGenerator<WatchEvent, void, undefined> {
  const path = collectionPath(definition, selection.namespace);
  return requestLines(lab, { path: `${path}${query(selection, { watch: '1', resourceVersion })}` });
}

/** What happened to an object, as kubectl says it: `service/httpd created`, `pod "web-0" deleted`. */
function formatResult({ kind, name, result }: ApplyResult): string {
  const type = qualifiedKind(kindOf(kind));
  return result === 'deleted' ? `${type} "${name}" deleted` : `${type}/${name} ${result}`;
}

/** One line for each object that was applied or deleted. */
export function formatResults(response: ApplyResponse, dryRun = false): string[] {
  return response.results.map((result) => `${formatResult(result)}${dryRun ? ' (dry run)' : ''}`);
}
