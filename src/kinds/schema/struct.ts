import * as z from 'zod/mini';

z.config({ jitless: true });

/** A zod schema of any value. */
export type Schema = z.ZodMiniType;
/** Fields of a mapping by name. */
export type Fields = Readonly<Record<string, Schema>>;

/** A string. */
export const text: Schema = z.string();
/** A number without fraction, as JSON carries int32 and int64. */
export const int: Schema = z.int();
/** true or false. */
export const flag: Schema = z.boolean();
/** A number or a string: `80`, `http`, `25%`. */
export const intOrString: Schema = z.union([z.int(), z.string()]);
/** A resource amount: `0.5`, `500m`, `64Mi`. */
export const quantity: Schema = z.union([z.number(), z.string()]);
/** Anything at all, passed through. */
export const anything: Schema = z.unknown();

const emptyWhenNull = z.pipe(
  z.nullable(z.string()),
  z.transform((value) => value ?? ''),
);

/** Strings by name; a null is an empty string, as Go decodes it. */
export const stringMap: Schema = z.record(z.string(), emptyWhenNull);
/** Resource amounts by name. */
export const quantityMap: Schema = z.record(z.string(), quantity);
/** Booleans by name. */
export const flagMap: Schema = z.record(z.string(), z.boolean());

/** A mapping with these fields and no others. Every field may be absent or null: what is required, `validate` checks. */
export function struct(fields: Fields): Schema {
  const shape: Record<string, Schema> = {};
  for (const [name, schema] of Object.entries(fields)) shape[name] = z.optional(z.nullable(schema));
  return z.strictObject(shape);
}

/** A sequence of such values. */
export function list(element: Schema): Schema {
  return z.array(element);
}

/** Strings in a sequence. */
export const texts: Schema = list(text);

/** One of these words. */
export function oneOf(...words: readonly string[]): Schema {
  return z.enum(words as readonly [string, ...string[]]);
}

/** The first of these forms that fits. */
export function either(...forms: readonly [Schema, ...Schema[]]): Schema {
  return z.union(forms);
}

/** A schema that is built when a value of it is first met; keeps rare parts of the API cheap. */
export function later(build: () => Schema): Schema {
  return z.lazy(build);
}
