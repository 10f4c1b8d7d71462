import type { Fault } from './fault.ts';
import { isMapping } from './mapping.ts';
import { at } from './path.ts';
import { kinds } from './registry.ts';

/** One object of a list, and its field path there; the path is empty for an object that stands alone. */
export interface ListItem {
  readonly raw: unknown;
  readonly path: string;
}

const listFields = new Set(['apiVersion', 'kind', 'metadata', 'items']);
const deepestList = 10;

/** The kind of a typed list's items: Service for ServiceList. Undefined for a plain List. */
function itemType(
  apiVersion: unknown,
  kind: string,
): { readonly apiVersion: string; readonly kind: string } | undefined {
  const name = kind.slice(0, -'List'.length);
  const known = kinds.find((definition) => definition.kind === name);
  return known === undefined || typeof apiVersion !== 'string' ? undefined : { apiVersion, kind: name };
}

/** Whether the value is a `kind: List`, or the list of a known kind, such as ServiceList. */
function isList(raw: unknown): boolean {
  if (!isMapping(raw) || typeof raw.kind !== 'string' || !raw.kind.endsWith('List')) return false;
  return raw.kind === 'List' || itemType(raw.apiVersion, raw.kind) !== undefined;
}

function listFaults(raw: Readonly<Record<string, unknown>>, path: string): readonly Fault[] {
  const faults: Fault[] = Object.keys(raw)
    .filter((key) => !listFields.has(key))
    .map((key) => ({ code: 'unknown-field', field: at(path, key), message: `unknown field "${key}"` }));
  if (raw.items !== undefined && raw.items !== null && !Array.isArray(raw.items)) {
    faults.push({ code: 'invalid-object', field: at(path, 'items'), message: 'must be a list' });
  }
  return faults;
}

/**
 * The objects of a List, of a list inside it, and so on; anything else comes back as it is. Items of a typed list
 * without kind and apiVersion get those of the list, as the API server writes them.
 */
export function expandList(
  raw: unknown,
  path = '',
  depth = 0,
): { items: readonly ListItem[]; faults: readonly Fault[] } {
  if (!isMapping(raw) || !isList(raw)) return { items: [{ raw, path }], faults: [] };
  if (depth >= deepestList) {
    return { items: [], faults: [{ code: 'invalid-object', field: path, message: 'lists are nested too deeply' }] };
  }
  const faults = [...listFaults(raw, path)];
  const items: ListItem[] = [];
  const type = itemType(raw.apiVersion, String(raw.kind));
  for (const [index, entry] of (Array.isArray(raw.items) ? raw.items : []).entries()) {
    const inner = expandList(isMapping(entry) ? { ...type, ...entry } : entry, at(path, 'items', index), depth + 1);
    items.push(...inner.items);
    faults.push(...inner.faults);
  }
  return { items, faults };
}
