import { at } from '../path.ts';
import type { Taint } from '../types/node.ts';
import { duplicate, type Invalid, required } from './invalid.ts';
import { checkName, labelValue, qualifiedName } from './names.ts';

/** Key, value and effect of taints, each pair of key and effect once. */
export function* checkTaints(field: string, taints: readonly Taint[]): Generator<Invalid> {
  const seen = new Set<string>();
  for (const [index, { key = '', value = '', effect }] of taints.entries()) {
    const here = at(field, index);
    if (key === '') yield required(`${here}.key`);
    else yield* checkName(`${here}.key`, key, qualifiedName);
    yield* checkName(`${here}.value`, value, labelValue);
    if (effect === undefined) yield required(`${here}.effect`, 'NoSchedule, PreferNoSchedule or NoExecute.');
    if (seen.has(`${key}:${effect}`)) yield duplicate(here, `${key}:${effect}`);
    seen.add(`${key}:${effect}`);
  }
}
