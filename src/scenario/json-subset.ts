function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether the value has all that is wanted; objects may have further fields. */
export function contains(value: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted)) {
    return (
      Array.isArray(value) && value.length === wanted.length && wanted.every((one, at) => contains(value[at], one))
    );
  }
  if (!isObject(wanted)) return Object.is(value, wanted);
  return isObject(value) && Object.entries(wanted).every(([key, one]) => contains(value[key], one));
}

/** The value of a JSON text, or undefined when it is none. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
