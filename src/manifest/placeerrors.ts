import { LabError } from '../errors.ts';
import type { ManifestObject } from './parse.ts';
import { sumErrors } from './sum.ts';

function placed(error: LabError, objects: readonly ManifestObject[]): LabError {
  const source = error.object === undefined ? undefined : objects[error.object];
  if (source === undefined || error.place !== undefined) return error;
  const { code, message, hint, field, object, cause } = error;
  return new LabError(code, message, {
    place: source.locate(field ?? ''),
    ...(hint === undefined ? {} : { hint }),
    ...(field === undefined ? {} : { field }),
    ...(object === undefined ? {} : { object }),
    ...(cause === undefined ? {} : { cause }),
  });
}

/** The error of a request with these objects, with the place in the manifest of each fault that names an object. */
export function placeErrors(error: LabError, objects: readonly ManifestObject[]): LabError {
  const [first, ...rest] = error.all.map((one) => placed(one, objects));
  return first === undefined ? placed(error, objects) : sumErrors([first, ...rest]);
}
