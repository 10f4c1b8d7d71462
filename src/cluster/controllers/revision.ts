import type { PodTemplateSpec } from '../../kinds/types/pod.ts';
import { canonicalText } from '../equal.ts';
import { templateHash } from '../names.ts';

/** Label that tells from which version of the template a Pod of a DaemonSet or StatefulSet was made. */
export const revisionLabel = 'controller-revision-hash';

const hashes = new WeakMap<PodTemplateSpec, string>();

/** A text of up to ten characters that stands for the template. */
export function templateRevision(template: PodTemplateSpec): string {
  const known = hashes.get(template);
  if (known !== undefined) return known;
  const hash = templateHash(canonicalText(template));
  hashes.set(template, hash);
  return hash;
}
