import type { PathStep } from '../path.ts';
import type { Schema } from './struct.ts';

type Def = Readonly<Record<string, unknown>> & { readonly type: string };

function defOf(schema: Schema): Def {
  return schema._zod.def as unknown as Def;
}

/** The schema without the wrappers that allow absence and null, and with lazy ones built. */
function unwrap(schema: Schema): Schema {
  const { type, innerType, getter, in: input } = defOf(schema);
  if (type === 'optional' || type === 'nullable') return unwrap(innerType as Schema);
  if (type === 'lazy') return unwrap((getter as () => Schema)());
  if (type === 'pipe') return unwrap(input as Schema);
  return schema;
}

function step(schema: Schema, key: PathStep): Schema | undefined {
  const def = defOf(unwrap(schema));
  if (def.type === 'array') return def.element as Schema;
  if (def.type === 'record') return def.valueType as Schema;
  if (def.type === 'union') return (def.options as readonly Schema[]).map((option) => step(option, key)).find(Boolean);
  return def.type === 'object' ? (def.shape as Record<string, Schema>)[key] : undefined;
}

/** Names of the fields that the schema knows at a place; empty where it has no fixed fields. */
export function knownFields(schema: Schema, path: readonly PathStep[]): readonly string[] {
  let here: Schema | undefined = schema;
  for (const key of path) here = here === undefined ? undefined : step(here, key);
  if (here === undefined) return [];
  const def = defOf(unwrap(here));
  return def.type === 'object' ? Object.keys(def.shape as object) : [];
}
