import { LabError } from '../errors.ts';
import { tryParseDuration } from '../kinds/check/duration.ts';

/** Milliseconds of a duration, which `field` names the place of. Throws `invalid-object` for a text that is none. */
export function parseDuration(text: string, field: string): number {
  const duration = tryParseDuration(text);
  if (duration !== undefined) return duration;
  throw new LabError('invalid-object', `KubeProxyConfiguration: ${field}: "${text}" is not a duration`, {
    field,
    hint: 'Write it as Go does, like 30s, 1m30s or 1h.',
  });
}
