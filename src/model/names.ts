import { LabError } from '../errors.ts';
import { editDistance } from '../kinds/nearest.ts';

/** How far a name is from the given one; of `NAMESPACE/NAME` the last part counts when that is all that is given. */
function distance(wanted: string, name: string): number {
  const compared = wanted.includes('/') ? name : name.slice(name.lastIndexOf('/') + 1);
  return compared.includes(wanted) || wanted.includes(compared) ? 0 : editDistance(wanted, compared);
}

/** Up to three of the names that resemble the given one: those that contain it, or differ in a third of its letters. */
export function nearNames(wanted: string, names: readonly string[]): readonly string[] {
  const limit = Math.max(2, Math.ceil(wanted.length / 3));
  return names
    .map((name) => ({ name, away: distance(wanted, name) }))
    .filter(({ away }) => away <= limit)
    .sort((a, b) => a.away - b.away || (a.name < b.name ? -1 : 1))
    .slice(0, 3)
    .map(({ name }) => name);
}

/** The LabError `not-found` that says what is missing and what there is instead. */
export function notFound(kind: string, wanted: string, names: readonly string[]): LabError {
  const near = nearNames(wanted, names);
  const shown = near.length > 0 ? near : names.slice(0, 5);
  const hint =
    shown.length === 0
      ? `There is no ${kind} in this lab.`
      : `${near.length > 0 ? 'Did you mean' : 'There is'} ${shown.join(' or ')}${near.length > 0 ? '?' : '.'}`;
  return new LabError('not-found', `there is no ${kind} "${wanted}"`, { hint });
}
