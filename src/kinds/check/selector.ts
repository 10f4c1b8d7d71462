import { at } from '../path.ts';
import type { LabelSelector } from '../types/meta.ts';
import { forbidden, type Invalid, required } from './invalid.ts';
import { checkLabels } from './meta.ts';
import { checkName, labelValue, qualifiedName } from './names.ts';

/** Keys, operators and values of a label selector. */
export function* checkSelector(field: string, selector: LabelSelector): Generator<Invalid> {
  yield* checkLabels(`${field}.matchLabels`, selector.matchLabels);
  for (const [index, { key, operator, values = [] }] of (selector.matchExpressions ?? []).entries()) {
    const here = at(`${field}.matchExpressions`, index);
    if ((key ?? '') === '') yield required(`${here}.key`);
    else yield* checkName(`${here}.key`, key, qualifiedName);
    if (operator === undefined) yield required(`${here}.operator`);
    const takesValues = operator === 'In' || operator === 'NotIn';
    if (takesValues && values.length === 0) {
      yield required(`${here}.values`, `It must be given when operator is ${operator}.`);
    }
    if (!takesValues && values.length > 0) {
      yield forbidden(`${here}.values`, `may not be specified when \`operator\` is '${operator}'`);
    }
    for (const [position, value] of values.entries())
      yield* checkName(at(`${here}.values`, position), value, labelValue);
  }
}
