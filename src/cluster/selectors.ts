import { LabError } from '../errors.ts';
import type { LabelSelector, StringMap } from '../kinds/types/meta.ts';
import type { LabObject } from '../kinds/types/object.ts';

/** Whether the labels have every pair of the map. An empty or absent map selects nothing, as a Service's selector. */
export function matchesMap(selector: StringMap | undefined, labels: StringMap | undefined): boolean {
  let some = false;
  for (const key in selector) {
    if (labels?.[key] !== selector[key]) return false;
    some = true;
  }
  return some;
}

type Requirement = NonNullable<LabelSelector['matchExpressions']>[number];

function parseRequirement(text: string): Requirement {
  const set = /^([\w./-]+)\s+(in|notin)\s*\(([^()]*)\)$/.exec(text);
  if (set?.[1] !== undefined && set[3] !== undefined) {
    const values = set[3].split(',').map((value) => value.trim());
    return { key: set[1], operator: set[2] === 'in' ? 'In' : 'NotIn', values };
  }
  const pair = /^([\w./-]+)\s*(==|=|!=)\s*([\w.-]*)$/.exec(text);
  if (pair?.[1] !== undefined && pair[3] !== undefined) {
    return { key: pair[1], operator: pair[2] === '!=' ? 'NotIn' : 'In', values: [pair[3]] };
  }
  const word = /^(!?)\s*([\w./-]+)$/.exec(text);
  if (word?.[2] !== undefined) return { key: word[2], operator: word[1] === '!' ? 'DoesNotExist' : 'Exists' };
  throw new LabError('usage', `"${text}" is not a label selector`, { hint: 'Write it like app=web,tier!=cache.' });
}

/** The selector that `kubectl get -l TEXT` means. Throws `usage` for other text. */
export function parseLabelSelector(text: string): LabelSelector {
  const parts = text.split(/,(?![^(]*\))/).map((part) => part.trim());
  return { matchExpressions: parts.filter((part) => part !== '').map(parseRequirement) };
}

function fieldValue(object: LabObject, path: string): string {
  let value: unknown = object;
  for (const part of path.split('.')) {
    value =
      typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[part] : undefined;
  }
  return value === undefined ? '' : String(value);
}

/** The test that `kubectl get --field-selector TEXT` means; any dotted path may be asked. Throws `usage` for other text. */
export function parseFieldSelector(text: string): (object: LabObject) => boolean {
  const terms = text.split(',').map((part) => {
    const match = /^\s*([\w.]+)\s*(==|=|!=)\s*(\S*)\s*$/.exec(part);
    if (match?.[1] === undefined || match[3] === undefined) {
      throw new LabError('usage', `"${part}" is not a field selector`, { hint: 'Write it like spec.nodeName=node1.' });
    }
    return { path: match[1], equal: match[2] !== '!=', value: match[3] };
  });
  return (object) => terms.every(({ path, equal, value }) => (fieldValue(object, path) === value) === equal);
}
