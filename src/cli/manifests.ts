import { applyObjects } from '../api/client.ts';
import type { LabLocation } from '../api/locate.ts';
import type { ApplyResponse } from '../api/types.ts';
import { LabError } from '../errors.ts';
import type { ManifestObject } from '../manifest/types.ts';

/** How manifests are read. */
export interface ReadOptions {
  /** Leaves out objects of unknown kinds instead of refusing them. */
  readonly ignoreUnknown?: boolean;
  readonly namespace?: string;
}

/**
 * The objects of files, directories and standard input (`-`), with their places. What reads YAML is loaded only when
 * there is something to read. Throws all faults of all documents at once.
 */
export async function readManifests(
  files: readonly string[],
  options: ReadOptions,
): Promise<readonly ManifestObject[]> {
  if (files.length === 0) return [];
  const { loadManifests } = await import('../manifest/load.ts');
  return loadManifests(files, options);
}

/** Applies objects that readManifests read; faults that the lab finds carry the place in the file. */
export async function applyManifests(
  lab: LabLocation,
  manifests: readonly ManifestObject[],
  options: { readonly signal?: AbortSignal; readonly dryRun?: boolean } = {},
): Promise<ApplyResponse> {
  try {
    return await applyObjects(lab, { objects: manifests.map(({ object }) => object) }, options.signal);
  } catch (error) {
    const { placeErrors } = await import('../manifest/load.ts');
    throw error instanceof LabError ? placeErrors(error, manifests) : error;
  }
}
