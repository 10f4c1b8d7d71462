import { applyObjects } from '../api/client.ts';
import type { LabLocation } from '../api/locate.ts';
import type { ApplyResponse } from '../api/types.ts';
import { LabError } from '../errors.ts';
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

/**
 * The name for a new lab: that of the Lab object among its manifests, or `default`. Mostly known before they are parsed,
 * so that the lab can start meanwhile.
 */
export async function nameOfLab(
  files: readonly string[],
  manifests: () => Promise<readonly ManifestObject[]>,
): Promise<string> {
  const quick = quickLabNameIn(files);
  if (quick !== undefined) return quick || 'default';
  const lab = (await manifests()).find(({ object }) => object.kind === 'Lab');
  return lab?.object.metadata.name ?? 'default';
}

/** How manifests are applied. */
export interface ApplyOptions {
  /** Only finds out what would change. */
  readonly dryRun?: boolean;
  readonly signal?: AbortSignal;
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

/** Applies objects that readManifests read; faults that the lab finds carry the place in the file. */
export async function applyManifests(
  lab: LabLocation,
  manifests: readonly ManifestObject[],
  { dryRun = false, signal }: ApplyOptions = {},
): Promise<ApplyResponse> {
  const objects = manifests.map(({ object }) => object);
  return withPlaces(manifests, () => applyObjects(lab, { objects, ...(dryRun ? { dryRun } : {}) }, signal));
}
