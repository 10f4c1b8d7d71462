import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { LabError } from '../errors.ts';
import { isMapping } from '../kinds/mapping.ts';
import { type ManifestDocument, readDocuments } from '../manifest/documents.ts';
import { loadManifests } from '../manifest/files.ts';
import { duplicateErrors, type ManifestObject, readManifest } from '../manifest/parse.ts';
import { throwAll } from '../manifest/sum.ts';
import { manifestText } from '../manifest/text.ts';
import { planSteps } from './plan-steps.ts';
import { check, faultError, scenarioSchema } from './schema.ts';
import type { PlannedStep, Scenario } from './types.ts';

const kind = 'Scenario';
const scenarioFile = /\.ya?ml$/;

function isScenario({ value }: ManifestDocument): boolean {
  return isMapping(value) && value.kind === kind;
}

/** Runs the work and keeps its LabError among the others. */
async function gather<T>(errors: LabError[], work: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    errors.push(error);
    return undefined;
  }
}

async function objectsOf(
  file: string,
  text: string,
  paths: readonly string[],
  errors: LabError[],
): Promise<readonly ManifestObject[]> {
  const own = readManifest({ file, text }, { except: [kind] });
  errors.push(...own.errors);
  const files = paths.map((path) => join(dirname(file), path));
  const others = files.length === 0 ? [] : ((await gather(errors, () => loadManifests(files))) ?? []);
  const objects = [...others, ...own.objects];
  errors.push(...duplicateErrors(objects));
  return objects;
}

async function readScenario(file: string, text: string, document: ManifestDocument): Promise<Scenario> {
  const errors: LabError[] = [];
  const result = check(scenarioSchema, document.value);
  if ('faults' in result) {
    throwAll(result.faults.map((fault) => faultError(fault, document.locate(fault.field))));
    throw new LabError('internal', `${file} is neither right nor wrong`);
  }
  const { metadata, spec } = result.value;
  const raw = (document.value as { spec: { steps: unknown[] } }).spec.steps;
  const steps = await gather<readonly PlannedStep[]>(errors, () => planSteps(raw, { document, path: 'spec.steps' }));
  const manifests = await objectsOf(file, text, spec.manifests ?? [], errors);
  throwAll(errors);
  const { about, only = {}, waitForPods } = spec;
  return { name: metadata.name, about: about.trim(), file, manifests, only, waitForPods, steps: steps ?? [] };
}

/** The scenario of a file, or undefined for a file without one. Throws all that is wrong with it, with places. */
export async function parseScenario(file: string, input: string | Uint8Array): Promise<Scenario | undefined> {
  const text = manifestText(file, input);
  const { documents, errors } = readDocuments(file, text);
  const [scenario, second] = documents.filter(isScenario);
  if (scenario === undefined && documents.length > 0) return undefined;
  throwAll(errors);
  if (scenario === undefined) return undefined;
  if (second === undefined) return readScenario(file, text, scenario);
  const hint = 'Give each scenario a file of its own.';
  throw new LabError('invalid-object', 'a file has one Scenario', { place: second.locate('kind'), hint });
}

async function yamlFilesIn(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile() && scenarioFile.test(entry.name));
  return files.map((entry) => join(entry.parentPath, entry.name)).sort();
}

function fileError(path: string, error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : '';
  if (code !== 'ENOENT' && code !== 'ENOTDIR') return error;
  const hint = 'Give a scenario file, or a directory with some.';
  return new LabError('not-found', `no such file or directory: ${path}`, { hint, place: { file: path } });
}

async function scenariosAt(path: string): Promise<readonly Scenario[]> {
  const directory = (await stat(path)).isDirectory();
  const files = directory ? await yamlFilesIn(path) : [path];
  const errors: LabError[] = [];
  const found = await Promise.all(
    files.map((file) => gather(errors, async () => parseScenario(file, await readFile(file)))),
  );
  throwAll(errors);
  const scenarios = found.filter((one) => one !== undefined);
  if (scenarios.length > 0) return scenarios;
  const hint = 'A scenario begins with a document of apiVersion: svclab.dev/v1 and kind: Scenario.';
  throw new LabError('not-found', `no scenario in ${path}`, { hint, place: { file: path } });
}

/**
 * The scenarios of files and directories, in order of their names. Throws all faults of all files at once, each with
 * file, line and column: `invalid-yaml`, `unknown-field`, `invalid-object`, `not-found`.
 */
export async function loadScenarios(paths: readonly string[]): Promise<readonly Scenario[]> {
  const errors: LabError[] = [];
  const all: Scenario[] = [];
  for (const path of paths) {
    const found = await gather(errors, () =>
      scenariosAt(path).catch((error) => Promise.reject(fileError(path, error))),
    );
    all.push(...(found ?? []));
  }
  throwAll(errors);
  return [...new Map(all.map((scenario) => [resolve(scenario.file), scenario])).values()];
}
