import { type Documents, readDocuments } from './documents.ts';
import { hasTooManyParts } from './text.ts';

const quickFrom = 64 * 1024;
const deepest = 100;
const nothing: Documents = { documents: [], errors: [] };

/** Number of keys in the data, or undefined when it is nested too deeply. Does not recurse. */
function countKeys(root: unknown): number | undefined {
  let level: readonly unknown[] = [root];
  let keys = 0;
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > deepest) return undefined;
    const next: unknown[] = [];
    for (const value of level) {
      if (typeof value !== 'object' || value === null) continue;
      const entries = Object.values(value);
      if (!Array.isArray(value)) keys += entries.length;
      for (const entry of entries) next.push(entry);
    }
    level = next;
  }
  return keys;
}

function countWrittenKeys(text: string): number {
  let keys = 0;
  for (const [, colon] of text.matchAll(/"(?:[^"\\]|\\.)*"\s*(:?)/g)) if (colon === ':') keys++;
  return keys;
}

/**
 * Reads a large JSON text the quick way, or gives undefined when it needs the YAML reader: because it is small, is not
 * one JSON value, or names a key twice. Places are found by the YAML reader when the first one is asked for;
 * in a text that is too much for it, a place is only the file.
 */
export function readLargeJson(file: string, text: string): Documents | undefined {
  if (text.length < quickFrom || !/^\s*\{/.test(text)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (countKeys(value) !== countWrittenKeys(text)) return undefined;
  let slow: Documents | undefined;
  const locate = (field: string) => {
    slow ??= hasTooManyParts(text) ? nothing : readDocuments(file, text);
    return slow.documents[0]?.locate(field) ?? { file };
  };
  return { documents: [{ value, locate }], errors: [] };
}
