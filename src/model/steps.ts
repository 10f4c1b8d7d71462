import { add, type Fraction } from './fraction.ts';
import type { Ending } from './packet.ts';
import type { Step } from './types.ts';

function commonLength(endings: readonly Ending[], from: number): number {
  const [first] = endings;
  let at = from;
  while (first !== undefined && at < first.course.steps.length) {
    const step = first.course.steps[at];
    if (endings.some((ending) => ending.course.steps[at] !== step)) break;
    at++;
  }
  return at;
}

function likeness({ outcome, node, source }: Ending): string {
  return [outcome, node, source].join(' ');
}

function chance(endings: readonly Ending[]): string {
  const sum = endings
    .map((ending) => ending.course.probability)
    .reduce<Fraction | undefined>((a, b) => (a === undefined ? b : add(a, b)), undefined);
  return sum === undefined ? '' : `probability ${sum.numerator}/${sum.denominator}`;
}

function alike(where: string, endings: readonly Ending[]): Step[] {
  if (endings.length === 0) return [];
  const names = endings.slice(0, 6).map(({ endpoint, outcome }) => endpoint ?? outcome);
  const more = endings.length > names.length ? ` and ${endings.length - names.length} more` : '';
  return [{ where, text: `In the same way it may go to ${names.join(', ')}${more}.`, because: chance(endings) }];
}

function branches(endings: readonly Ending[], from: number): Step[] {
  const byStep = [...Map.groupBy(endings, (ending) => ending.course.steps[from]).values()];
  const byLikeness = Map.groupBy(byStep, (group) => group.map(likeness).sort().join('|'));
  return [...byLikeness.values()].flatMap(([told = [], ...rest]) => [
    ...narrate(told, from),
    ...alike(told[0]?.course.steps[from]?.where ?? '', rest.flat()),
  ]);
}

/**
 * The courses of one connection as one story: what they share is told once; where they part, each kind of course is
 * told for one example, and the others of its kind are named.
 */
export function narrate(endings: readonly Ending[], from = 0): readonly Step[] {
  const [first] = endings;
  if (first === undefined) return [];
  if (endings.length === 1) return first.course.steps.slice(from);
  const fork = commonLength(endings, from);
  return [...first.course.steps.slice(from, fork), ...branches(endings, fork)];
}
