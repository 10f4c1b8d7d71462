import * as z from 'zod';
import { LabError } from '../errors.ts';
import { nearest } from '../kinds/nearest.ts';
import { at, type PathStep } from '../kinds/path.ts';
import { text, texts } from './fields.ts';
import { modes, releases } from './types.ts';

/** Modes and releases that something is limited to. */
export const onlySchema = z.strictObject({
  modes: z.array(z.enum(modes)).min(1).optional(),
  releases: z.array(z.enum(releases)).min(1).optional(),
});

/** The first document of a scenario file, apart from the content of its steps. */
export const scenarioSchema = z.strictObject({
  apiVersion: z.literal('svclab.dev/v1'),
  kind: z.literal('Scenario'),
  metadata: z.strictObject({
    name: text.regex(/^[a-z0-9]([a-z0-9-]{0,40}[a-z0-9])?$/, 'lower case letters, digits and "-", at most 42'),
  }),
  spec: z.strictObject({
    /** What the scenario shows. */
    about: text,
    /** Manifest files or directories, from the scenario's own, besides the documents that follow. */
    manifests: texts.optional(),
    only: onlySchema.optional(),
    /** Whether the steps begin only when every Pod is ready. */
    waitForPods: z.boolean().default(true),
    steps: z.array(z.record(z.string(), z.unknown())).min(1),
  }),
});

/** Where a fault of a value is, and how it is called. */
export interface Fault {
  readonly field: string;
  readonly message: string;
  readonly hint?: string;
}

/** Keys that a schema's mapping takes, at the path of an unknown key. */
function knownKeys(schema: z.ZodType, path: readonly PropertyKey[]): readonly string[] {
  let here: z.ZodType | undefined = schema;
  for (const step of [...path, undefined]) {
    while (here instanceof z.ZodPipe || here instanceof z.ZodOptional || here instanceof z.ZodDefault) {
      here = (here instanceof z.ZodPipe ? here.out : here.unwrap()) as z.ZodType;
    }
    if (step === undefined) break;
    if (here instanceof z.ZodObject) here = here.shape[String(step)] as z.ZodType | undefined;
    else if (here instanceof z.ZodArray) here = here.element as z.ZodType;
  }
  return here instanceof z.ZodObject ? Object.keys(here.shape) : [];
}

function faultsOf(issue: z.core.$ZodIssue, schema: z.ZodType): Fault[] {
  const path = issue.path.filter((step): step is PathStep => typeof step !== 'symbol');
  if (issue.code !== 'unrecognized_keys') return [{ field: at('', ...path), message: issue.message }];
  const keys = knownKeys(schema, issue.path);
  return issue.keys.map((key) => {
    const near = nearest(key, keys);
    const hint = near === undefined ? `Known are: ${keys.join(', ')}.` : `Did you mean ${near}?`;
    return { field: at('', ...path, key), message: `unknown field "${key}"`, hint };
  });
}

/** The value as the schema gives it, or all that is wrong with it. */
export function check<T>(
  schema: z.ZodType<T>,
  value: unknown,
): { readonly value: T } | { readonly faults: readonly Fault[] } {
  const result = schema.safeParse(value);
  if (result.success) return { value: result.data };
  const { issues } = result.error;
  const misspelt = issues.some(({ code }) => code === 'unrecognized_keys');
  // What fields say together means nothing while one of them is misspelt.
  const own = misspelt ? issues.filter(({ code }) => code !== 'custom') : issues;
  return { faults: own.flatMap((issue) => faultsOf(issue, schema)) };
}

/** The fault as an error, the field first. */
export function faultError({ field, message, hint }: Fault, place: LabError['place']): LabError {
  const unknown = message.startsWith('unknown field');
  return new LabError(unknown ? 'unknown-field' : 'invalid-object', field === '' ? message : `${field}: ${message}`, {
    ...(field === '' ? {} : { field }),
    ...(place === undefined ? {} : { place }),
    ...(hint === undefined ? {} : { hint }),
  });
}
