import { LabError } from '../errors.ts';

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      const replaced = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** Up to three of the names that resemble the given one: those that contain it, or differ in a third of its letters. */
export function nearNames(wanted: string, names: readonly string[]): readonly string[] {
  const limit = Math.max(2, Math.ceil(wanted.length / 3));
  return names
    .map((name) => ({ name, away: name.includes(wanted) || wanted.includes(name) ? 0 : distance(wanted, name) }))
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
