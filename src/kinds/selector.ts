import type { LabelSelector, StringMap } from './types/meta.ts';

/** Whether labels hold every pair of a simple selector (that of a Service or ReplicationController). */
export function matchesLabels(selector: StringMap, labels: StringMap): boolean {
  return Object.entries(selector).every(([key, value]) => Object.hasOwn(labels, key) && labels[key] === value);
}

type Requirement = NonNullable<LabelSelector['matchExpressions']>[number];

function matchesRequirement({ key, operator, values }: Requirement, labels: StringMap): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case 'In':
      return value !== undefined && (values ?? []).includes(value);
    case 'NotIn':
      return value === undefined || !(values ?? []).includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
  }
}

/** Whether a label selector selects an object with these labels. An empty selector selects everything. */
export function selectorMatches(selector: LabelSelector, labels: StringMap): boolean {
  return (
    matchesLabels(selector.matchLabels ?? {}, labels) &&
    (selector.matchExpressions ?? []).every((requirement) => matchesRequirement(requirement, labels))
  );
}

/** The selector as `kubectl get -o wide` and `kubectl -l` write it; `<none>` when it is empty. */
export function formatSelector(selector: LabelSelector): string {
  const parts = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
  for (const { key, operator, values } of selector.matchExpressions ?? []) {
    if (operator === 'Exists') parts.push(key);
    else if (operator === 'DoesNotExist') parts.push(`!${key}`);
    else parts.push(`${key} ${operator === 'In' ? 'in' : 'notin'} (${(values ?? []).join(',')})`);
  }
  return parts.length === 0 ? '<none>' : parts.join(',');
}
