import { selectorMatches } from '../selector.ts';
import type { LabelSelector } from '../types/meta.ts';
import type { PodTemplateSpec } from '../types/pod.ts';
import type { IntOrString } from '../types/values.ts';
import { type Invalid, invalid, required } from './invalid.ts';
import { checkTemplate } from './podspec.ts';
import { checkSelector } from './selector.ts';

interface WorkloadSpec {
  readonly selector: LabelSelector;
  readonly template: PodTemplateSpec;
}

function isEmpty(selector: LabelSelector): boolean {
  return Object.keys(selector.matchLabels ?? {}).length === 0 && (selector.matchExpressions ?? []).length === 0;
}

/** A number that may not be negative. */
export function* checkNotNegative(field: string, value: number | undefined): Generator<Invalid> {
  if (value !== undefined && value < 0) yield invalid(field, value, 'must be greater than or equal to 0');
}

/** A number of Pods or a percentage of them, such as `1` or `25%`. */
export function* checkIntOrPercent(field: string, value: IntOrString | undefined): Generator<Invalid> {
  if (typeof value === 'number') yield* checkNotNegative(field, value);
  else if (value !== undefined && !/^\d+%$/.test(value)) {
    yield invalid(field, value, "a valid percent string must be a numeric string followed by an ending '%'");
  }
}

/** Selector and template of a workload, and that the one selects the Pods of the other; `claims` are volumes of its own. */
export function* checkSelectorAndTemplate(
  { selector, template }: WorkloadSpec,
  claims: readonly string[] = [],
): Generator<Invalid> {
  const labels = template.metadata?.labels ?? {};
  yield* checkSelector('spec.selector', selector);
  if (isEmpty(selector)) {
    const pairs = Object.entries(labels).map(([key, value]) => `${key}: ${value}`);
    yield required('spec.selector', pairs.length === 0 ? undefined : `Add matchLabels: { ${pairs.join(', ')} }.`);
  } else if (!selectorMatches(selector, labels)) {
    const why = '`selector` does not match template `labels`';
    const hint = 'Give the template every label that the selector asks for.';
    yield invalid('spec.template.metadata.labels', labels, why, hint);
  }
  yield* checkTemplate(template, 'spec.template', claims);
}
