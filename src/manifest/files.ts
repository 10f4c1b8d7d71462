import { type InputOptions, readInputs } from './inputs.ts';
import { type ManifestObject, type ParseOptions, parseManifests } from './parse.ts';

/** How manifests of files are read. */
export interface LoadOptions extends ParseOptions, InputOptions {}

/** The objects of files, as readInputs finds them. Throws what parseManifests throws. */
export async function loadManifests(
  paths: readonly string[],
  options: LoadOptions = {},
): Promise<readonly ManifestObject[]> {
  return parseManifests(await readInputs(paths, options), options);
}
