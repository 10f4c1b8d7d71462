import { LabError } from '../errors.ts';

/**
 * Several errors as one: a single error is itself, more are summed up (`3 faults in 2 files`) with each of them in
 * `all`, in the order in which the input holds them.
 */
export function sumErrors(errors: readonly [LabError, ...LabError[]]): LabError {
  const all = errors.flatMap((error) => (error.all.length > 0 ? error.all : [error]));
  const [first] = all;
  if (all.length === 1 && first !== undefined) return first;
  const files = new Set(all.flatMap(({ place }) => (place === undefined ? [] : [place.file])));
  const [file] = files;
  const where = files.size > 1 ? ` in ${files.size} files` : file === undefined ? '' : ` in ${file}`;
  const code = all.every((error) => error.code === first?.code) ? (first?.code ?? 'invalid-object') : 'invalid-object';
  return new LabError(code, `${all.length} faults${where}`, { all });
}

/** Throws the errors as one, if there are any. */
export function throwAll(errors: readonly LabError[]): void {
  const [first, ...rest] = errors;
  if (first !== undefined) throw sumErrors([first, ...rest]);
}
