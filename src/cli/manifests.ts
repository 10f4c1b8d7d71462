import { applyObjects } from '../api/client.ts';
import type { LabLocation } from '../api/locate.ts';
import type { ApplyResponse } from '../api/types.ts';
import { LabError } from '../errors.ts';
import type { KubeObject } from '../kinds/types/meta.ts';
import { quickLabNameIn } from '../manifest/lab-name-in.ts';
import type { ManifestObject } from '../manifest/parse.ts';

/** How manifests are read. */
export interface ReadOptions {
  /** Leaves out objects of unknown kinds instead of refusing them. */
  readonly ignoreUnknown?: boolean;
}

/**
 * The objects of files, directories and standard input (`-`), with their places. What reads YAML is loaded only when
 * there is something to read. Throws all faults of all documents at once.
 */
export async function readManifests(
  files: readonly string[],
  options: ReadOptions = {},
): Promise<readonly ManifestObject[]> {
  if (files.length === 0) return [];
  const { loadManifests } = await import('../manifest/files.ts');
  return loadManifests(files, options);
}

/** What the work gives; faults of single objects that it throws carry the place in the file. */
export async function withPlaces<T>(manifests: readonly ManifestObject[], work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    const { placeErrors } = await import('../manifest/placeerrors.ts');
    throw placeErrors(error, manifests);
  }
}

/** Objects for a lab. */
export interface Manifests {
  /** As a lab takes them. */
  readonly objects: readonly KubeObject[];
  /** All of them, checked, with their places. Throws all faults of all documents at once. */
  readonly checked: () => Promise<readonly ManifestObject[]>;
}

/**
 * The objects of files, directories and standard input (`-`), for a lab, which checks them: they are checked here only
 * where they look unusual, and when the lab finds fault with them. Throws all faults of all documents at once.
 */
export async function readForLab(files: readonly string[], options: ReadOptions = {}): Promise<Manifests> {
  if (files.length === 0) return { objects: [], checked: async () => [] };
  const { readInputs } = await import('../manifest/inputs.ts');
  const { uncheckedObjects } = await import('../manifest/unchecked.ts');
  const inputs = await readInputs(files);
  const checked = async () => (await import('../manifest/parse.ts')).parseManifests(inputs, options);
  const objects = options.ignoreUnknown === true ? undefined : uncheckedObjects(inputs);
  if (objects !== undefined) return { objects, checked };
  const manifests = await checked();
  return { objects: manifests.map(({ object }) => object), checked: async () => manifests };
}

/**
 * The name for a new lab: that of the Lab object among its manifests, or `default`. Mostly known before they are parsed,
 * so that the lab can start meanwhile.
 */
export async function nameOfLab(files: readonly string[], manifests: () => Promise<Manifests>): Promise<string> {
  const quick = quickLabNameIn(files);
  if (quick !== undefined) return quick || 'default';
  const { objects } = await manifests();
  return String(objects.find(({ kind }) => kind === 'Lab')?.metadata.name ?? 'default');
}

/** How manifests are applied. */
export interface ApplyOptions {
  /** Only finds out what would change. */
  readonly dryRun?: boolean;
  readonly signal?: AbortSignal;
}

/** Applies objects that readForLab read; faults that the lab finds carry the place in the file. */
export async function applyManifests(
  lab: LabLocation,
  { objects, checked }: Manifests,
  { dryRun = false, signal }: ApplyOptions = {},
): Promise<ApplyResponse> {
  try {
    return await applyObjects(lab, { objects, ...(dryRun ? { dryRun } : {}) }, signal);
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    const { placeErrors } = await import('../manifest/placeerrors.ts');
    throw placeErrors(error, await checked());
  }
}
