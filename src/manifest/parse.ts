import { LabError, type Place } from '../errors.ts';
import { type Fault, faultError } from '../kinds/fault.ts';
import { expandList, type ListItem } from '../kinds/list.ts';
import { isMapping } from '../kinds/mapping.ts';
import { normalizeObject } from '../kinds/normalize.ts';
import type { LabObject } from '../kinds/types/object.ts';
import type { ManifestDocument } from './documents.ts';
import { inputDocuments, type ManifestInput } from './input-documents.ts';
import { formatPlace } from './place.ts';
import { throwAll } from './sum.ts';

/** An object of a manifest, and where it came from. */
export interface ManifestObject {
  readonly object: LabObject;
  readonly file: string;
  /** Place of a field path; of the nearest parent that exists; of the document. */
  locate(field: string): Place;
}

export interface ParseOptions {
  /** Leave out objects of kinds that svclab does not know, instead of refusing them. */
  readonly ignoreUnknown?: boolean;
  /** Kinds that the caller reads itself; their documents are left out. */
  readonly except?: readonly string[];
}

/** Objects and errors of an input, before it is decided what to do about the errors. */
export interface ReadManifest {
  readonly objects: readonly ManifestObject[];
  readonly errors: readonly LabError[];
}

const nothing: ReadManifest = { objects: [], errors: [] };

function join(path: string, field: string): string {
  if (path === '' || field === '') return path + field;
  return field.startsWith('[') ? path + field : `${path}.${field}`;
}

function describe(raw: unknown): string {
  if (!isMapping(raw) || typeof raw.kind !== 'string') return '';
  const name = isMapping(raw.metadata) ? raw.metadata.name : undefined;
  return typeof name === 'string' ? `${raw.kind} ${name}: ` : `${raw.kind}: `;
}

function placedError(fault: Fault, { raw, path }: ListItem, document: ManifestDocument): LabError {
  const { code, message, field, hint } = faultError(fault);
  return new LabError(code, describe(raw) + message, {
    place: document.locate(join(path, fault.field)),
    ...(field === undefined ? {} : { field }),
    ...(hint === undefined ? {} : { hint }),
  });
}

function readItem(item: ListItem, document: ManifestDocument, file: string, options: ParseOptions): ReadManifest {
  const result = normalizeObject(item.raw);
  if ('object' in result) {
    const locate = (field: string) => document.locate(join(item.path, field));
    return { objects: [{ object: result.object, file, locate }], errors: [] };
  }
  const foreign = ({ code, field }: Fault) => code === 'unknown-kind' && field === 'kind';
  if (options.ignoreUnknown === true && result.faults.some(foreign)) return { objects: [], errors: [] };
  return { objects: [], errors: result.faults.map((fault) => placedError(fault, item, document)) };
}

function readDocument(document: ManifestDocument, file: string, options: ParseOptions): ReadManifest {
  if (isMapping(document.value) && options.except?.includes(String(document.value.kind)) === true) return nothing;
  if (!isMapping(document.value)) {
    const what = Array.isArray(document.value) ? 'a list' : 'a single value';
    const hint = 'Objects of one file are parted by lines of ---.';
    const message = `a document must be a mapping with apiVersion and kind, not ${what}`;
    return { objects: [], errors: [new LabError('invalid-object', message, { place: document.locate(''), hint })] };
  }
  const { items, faults } = expandList(document.value);
  const whole = { raw: document.value, path: '' };
  const read = items.map((item) => readItem(item, document, file, options));
  return {
    objects: read.flatMap(({ objects }) => objects),
    errors: [...faults.map((fault) => placedError(fault, whole, document)), ...read.flatMap(({ errors }) => errors)],
  };
}

/** All objects of a manifest and all its errors; throws nothing that is the manifest's fault. */
export function readManifest(input: ManifestInput, options: ParseOptions = {}): ReadManifest {
  const { file } = input;
  const { documents, errors } = inputDocuments(input);
  const read = documents.map((document) => readDocument(document, file, options));
  return {
    objects: read.flatMap(({ objects }) => objects),
    errors: inOrder([...errors, ...read.flatMap((one) => one.errors)]),
  };
}

function inOrder(errors: readonly LabError[]): readonly LabError[] {
  const line = ({ place }: LabError) => place?.line ?? 0;
  const column = ({ place }: LabError) => place?.column ?? 0;
  return [...errors].sort((a, b) => line(a) - line(b) || column(a) - column(b));
}

/** An error for each object whose kind, namespace and name an earlier one has. */
export function duplicateErrors(objects: readonly ManifestObject[]): readonly LabError[] {
  const first = new Map<string, ManifestObject>();
  return objects.flatMap((entry) => {
    const { kind, metadata } = entry.object;
    const key = `${kind} ${metadata.namespace === undefined ? '' : `${metadata.namespace}/`}${metadata.name}`;
    const before = first.get(key);
    if (before === undefined) {
      first.set(key, entry);
      return [];
    }
    const message = `${key} is defined twice; first at ${formatPlace(before.locate('metadata.name'))}`;
    const place = entry.locate('metadata.name');
    return [new LabError('invalid-object', message, { place, field: 'metadata.name', hint: 'Remove one of the two.' })];
  });
}

/**
 * The objects of manifests, checked and with all defaults. Multi-document YAML and JSON; Lists are expanded. Throws one
 * LabError with every fault of every document, each with its place: `invalid-yaml`, `unknown-kind`, `unknown-field`,
 * `invalid-object`, and what the inputs have in place of a manifest.
 */
export function parseManifests(
  inputs: readonly (ManifestInput | LabError)[],
  options: ParseOptions = {},
): readonly ManifestObject[] {
  const read = inputs.map((input) =>
    input instanceof LabError ? { objects: [], errors: [input] } : readManifest(input, options),
  );
  const objects = read.flatMap((one) => one.objects);
  throwAll([...read.flatMap(({ errors }) => errors), ...duplicateErrors(objects)]);
  return objects;
}

/** The objects of one manifest, as parseManifests gives them. */
export function parseManifest(input: ManifestInput, options: ParseOptions = {}): readonly ManifestObject[] {
  return parseManifests([input], options);
}
