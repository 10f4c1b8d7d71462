/** A mapping of YAML or JSON. */
export type Mapping = Readonly<Record<string, unknown>>;

/** Whether the value is a mapping: an object that is no list. */
export function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
