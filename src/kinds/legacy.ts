import type { Draft } from './definition.ts';
import type { LabelSelector, StringMap } from './types/meta.ts';
import type { PodTemplateSpec } from './types/pod.ts';

/** Versions of the workload kinds in which the selector came from the template's labels when none was given. */
const selectorFromTemplate = new Set(['extensions/v1beta1', 'apps/v1beta1']);

interface DraftSpec {
  readonly selector?: Draft<LabelSelector> | undefined;
  readonly template?: Draft<PodTemplateSpec> | undefined;
}

function isSet(selector: Draft<LabelSelector> | undefined): boolean {
  return Object.keys(selector?.matchLabels ?? {}).length > 0 || (selector?.matchExpressions ?? []).length > 0;
}

/**
 * The selector of a workload; in extensions/v1beta1 and apps/v1beta1 the labels of the template when none was given
 * (SetDefaults_Deployment and its siblings in pkg/apis/extensions/v1beta1 of Kubernetes 1.8; apps/v1beta2 ended it).
 */
export function selectorFor(apiVersion: string | undefined, spec: DraftSpec | undefined): LabelSelector {
  const labels = spec?.template?.metadata?.labels as StringMap | undefined;
  if (!isSet(spec?.selector) && labels !== undefined && selectorFromTemplate.has(apiVersion ?? '')) {
    return { matchLabels: labels };
  }
  return (spec?.selector ?? {}) as LabelSelector;
}
