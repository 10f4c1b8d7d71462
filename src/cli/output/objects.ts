import type { KindDefinition } from '../../kinds/definition.ts';
import type { KubeObject } from '../../kinds/types/meta.ts';
import { type Column, formatTable } from './table.ts';

/** How objects are shown. */
export interface ObjectTableOptions {
  readonly wide: boolean;
  /** Adds the column NAMESPACE. */
  readonly namespaces: boolean;
  /** Adds the column LABELS. */
  readonly labels: boolean;
  /** Put before each name: `service/`. */
  readonly prefix: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

function labelsOf(object: KubeObject): string {
  const labels = Object.entries(object.metadata.labels ?? {}).map(([key, value]) => `${key}=${value}`);
  return labels.length === 0 ? '<none>' : labels.join(',');
}

function columnsOf(definition: KindDefinition, options: ObjectTableOptions): Column[] {
  const { headers, wide } = definition.columns;
  const titles = [
    ...(options.namespaces && definition.namespaced ? ['NAMESPACE'] : []),
    ...headers,
    ...(options.wide ? wide : []),
    ...(options.labels ? ['LABELS'] : []),
  ];
  return titles.map((title) => ({ title }));
}

function rowOf(object: KubeObject, definition: KindDefinition, options: ObjectTableOptions): string[] {
  const { headers, wide } = definition.columns;
  // Every kind's columns take that kind's objects; the caller lists objects of the definition's kind.
  const row = (definition.columns.row as (object: KubeObject, now: number) => readonly string[])(object, options.now);
  const [name = object.metadata.name, ...cells] = row.slice(0, headers.length + (options.wide ? wide.length : 0));
  return [
    ...(options.namespaces && definition.namespaced ? [object.metadata.namespace ?? ''] : []),
    `${options.prefix}${name}`,
    ...cells,
    ...(options.labels ? [labelsOf(object)] : []),
  ];
}

/** Objects of one kind as the table that kubectl prints. */
export function formatObjects(
  objects: readonly KubeObject[],
  definition: KindDefinition,
  options: ObjectTableOptions,
): string[] {
  const rows = objects.map((object) => rowOf(object, definition, options));
  return formatTable(columnsOf(definition, options), rows);
}
