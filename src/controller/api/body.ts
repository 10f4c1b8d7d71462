import type { Context } from 'hono';
import { LabError } from '../../errors.ts';

type Body = Readonly<Record<string, unknown>>;

/** The JSON object that a request carries. Throws `usage` for anything else. */
export async function readObject(c: Context): Promise<Body> {
  const text = await c.req.text();
  const value = parse(text);
  if (isObject(value)) return value;
  throw new LabError('usage', 'the body of the request is not a JSON object');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new LabError('usage', `the body of the request is not JSON: ${(cause as Error).message}`, { cause });
  }
}

function isObject(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What a field may hold. */
const tests = {
  text: (value: unknown) => typeof value === 'string',
  boolean: (value: unknown) => typeof value === 'boolean',
  'number above 0': (value: unknown) => Number.isInteger(value) && Number(value) > 0,
  'whole number': (value: unknown) => Number.isInteger(value),
  'list of objects': (value: unknown) => Array.isArray(value) && value.every(isObject),
  'list of kinds with names': (value: unknown) => Array.isArray(value) && value.every(isKey),
};

function isKey(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { kind, name, namespace } = value;
  return tests.text(kind) && tests.text(name) && (namespace === undefined || tests.text(namespace));
}

/** The fields of a request: what each holds, and whether it must be there. */
type Fields<T> = { readonly [K in keyof T]-?: readonly [holds: keyof typeof tests, given: 'always' | 'perhaps'] };

/** The request of a body, checked field by field; further fields are left out. Throws `usage`, naming the field. */
export async function readRequest<T extends object>(c: Context, fields: Fields<T>): Promise<T> {
  const body = await readObject(c);
  const kept: [string, unknown][] = [];
  for (const name of Object.keys(fields) as (string & keyof T)[]) {
    const [holds, given] = fields[name];
    const value = body[name];
    if (value === undefined && given === 'perhaps') continue;
    if (!tests[holds](value)) {
      throw new LabError('usage', `the field ${name} of the request is not a ${holds}`, { field: name });
    }
    kept.push([name, value]);
  }
  return Object.fromEntries(kept) as T;
}
