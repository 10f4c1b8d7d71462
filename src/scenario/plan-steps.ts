import { LabError } from '../errors.ts';
import { isMapping } from '../kinds/mapping.ts';
import { nearest } from '../kinds/nearest.ts';
import { at } from '../kinds/path.ts';
import type { ManifestDocument } from '../manifest/documents.ts';
import { sumErrors, throwAll } from '../manifest/sum.ts';
import { check, faultError, onlySchema } from './schema.ts';
import { stepKinds } from './steps/registry.ts';
import type { Only, PlannedStep, StepKind, StepSource } from './types.ts';

const common: readonly string[] = ['note', 'only'];

/** The document with the steps, and the path of the value that is being read. */
interface Spot {
  readonly document: ManifestDocument;
  readonly path: string;
}

function under(path: string, field: string): string {
  return field === '' || field.startsWith('[') ? path + field : `${path}.${field}`;
}

function fault({ document, path }: Spot, message: string, hint?: string): LabError {
  return faultError({ field: path, message, ...(hint === undefined ? {} : { hint }) }, document.locate(path));
}

function kindOf(step: Readonly<Record<string, unknown>>, spot: Spot): StepKind {
  const names = stepKinds.map(({ name }) => name);
  const keys = Object.keys(step).filter((key) => !common.includes(key));
  const unknown = keys.filter((key) => !names.includes(key));
  const errors = unknown.map((key) => {
    const near = nearest(key, [...names, ...common]);
    const hint = near === undefined ? `Steps are: ${names.join(', ')}.` : `Did you mean ${near}?`;
    return fault({ ...spot, path: at(spot.path, key) }, 'unknown step', hint);
  });
  throwAll(errors);
  const [kind, ...more] = stepKinds.filter(({ name }) => keys.includes(name));
  if (kind !== undefined && more.length === 0) return kind;
  const hint = `Steps are: ${names.join(', ')}.`;
  throw fault(spot, kind === undefined ? 'a step has to do something' : 'a step does one thing', hint);
}

function checked<T>(schema: Parameters<typeof check<T>>[0], value: unknown, { document, path }: Spot): T {
  const result = check(schema, value);
  if ('value' in result) return result.value;
  const errors = result.faults.map((one) => {
    const field = under(path, one.field);
    return faultError({ ...one, field }, document.locate(field));
  });
  throw sumErrors(errors as [LabError, ...LabError[]]);
}

function planStep(value: unknown, spot: Spot): PlannedStep {
  if (!isMapping(value)) throw fault(spot, 'a step is a mapping, such as expect: {from: …, to: …}');
  const kind = kindOf(value, spot);
  const { document, path } = spot;
  const inside = { document, path: at(path, kind.name) };
  const note = value.note === undefined ? undefined : String(value.note).trim();
  const only: Only =
    value.only === undefined ? {} : checked(onlySchema, value.only, { document, path: at(path, 'only') });
  checked(kind.schema, value[kind.name], inside);
  const source: StepSource = {
    locate: (field) => document.locate(under(inside.path, field)),
    steps: (values, field) => planSteps(values, { document, path: under(inside.path, field) }),
  };
  const { text, run } = kind.plan(value[kind.name], source);
  return { kind: kind.name, text: note ?? text, place: document.locate(path), only, run };
}

/** The steps of a list. Throws all their faults at once, each with its place. */
export function planSteps(values: readonly unknown[], spot: Spot): readonly PlannedStep[] {
  const errors: LabError[] = [];
  const steps = values.flatMap((value, index) => {
    try {
      return [planStep(value, { ...spot, path: at(spot.path, index) })];
    } catch (error) {
      if (!(error instanceof LabError)) throw error;
      errors.push(error);
      return [];
    }
  });
  throwAll(errors);
  return steps;
}
