import type { LabObject } from '../../kinds/types/object.ts';
import { withMetadata } from '../store.ts';

type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The live fields overlaid with the next ones; what was applied last and is not any more goes. */
function mergeFields(last: Fields, live: Fields, next: Fields): Fields {
  const merged: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(live)) if (!(name in next) && !(name in last)) merged[name] = value;
  for (const [name, value] of Object.entries(next)) {
    const before = live[name];
    const recurse = isFields(value) && isFields(before);
    const lastFields = last[name];
    merged[name] = recurse ? mergeFields(isFields(lastFields) ? lastFields : {}, before, value) : value;
  }
  return merged;
}

const serverMetadata = ['uid', 'creationTimestamp', 'generation', 'ownerReferences', 'generateName'] as const;

/** Metadata that only the server writes; a manifest without them does not remove them. */
function withoutServerMetadata(object: LabObject): Fields {
  return Object.fromEntries(
    Object.entries(object.metadata).filter(([name]) => !(serverMetadata as readonly string[]).includes(name)),
  );
}

/**
 * The live object with a manifest applied: given fields win, fields of the manifest applied last that are missing now
 * go, all others (those that the server set) stay; lists are replaced whole. Status stays the live one.
 * Like the three-way merge of `kubectl apply`.
 */
export function mergeApplied<T extends LabObject>(last: LabObject | undefined, live: T, next: T): T {
  const { metadata: _metadata, status: _status, ...content } = next as T & { readonly status?: unknown };
  const { metadata: liveMetadata, ...liveContent } = live as T & { readonly status?: unknown };
  const { metadata: _last, status: _lastStatus, ...lastContent } = (last ?? {}) as Partial<T & { status: unknown }>;
  const merged = mergeFields(lastContent as Fields, liveContent as Fields, content as Fields);
  const metadata = mergeFields(
    last === undefined ? {} : withoutServerMetadata(last),
    liveMetadata as unknown as Fields,
    withoutServerMetadata(next),
  );
  return withMetadata(merged as unknown as T, metadata as unknown as T['metadata']);
}
