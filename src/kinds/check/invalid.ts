import { nearest } from '../nearest.ts';

/** One thing that an API server would refuse, and where. */
export interface Invalid {
  /** Path inside the object, such as `spec.ports[0].port`. */
  readonly field: string;
  readonly message: string;
  readonly hint?: string;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'undefined';
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

/** A value that is not allowed there, and why. */
export function invalid(field: string, value: unknown, why: string, hint?: string): Invalid {
  return { field, message: `Invalid value: ${shown(value)}: ${why}`, ...(hint === undefined ? {} : { hint }) };
}

/** A value that is missing. */
export function required(field: string, hint?: string): Invalid {
  return { field, message: 'Required value', ...(hint === undefined ? {} : { hint }) };
}

/** A value that may stand there only once. */
export function duplicate(field: string, value: unknown, hint?: string): Invalid {
  return { field, message: `Duplicate value: ${shown(value)}`, ...(hint === undefined ? {} : { hint }) };
}

/** A field that may not be set here. */
export function forbidden(field: string, why: string, hint?: string): Invalid {
  return { field, message: `Forbidden: ${why}`, ...(hint === undefined ? {} : { hint }) };
}

/** A word that is not among the supported ones. */
export function notSupported(field: string, value: unknown, supported: readonly string[]): Invalid {
  const guess = typeof value === 'string' ? nearest(value, supported) : undefined;
  const list = supported.map((word) => JSON.stringify(word)).join(', ');
  return {
    field,
    message: `Unsupported value: ${shown(value)}: supported values: ${list}`,
    ...(guess === undefined ? {} : { hint: `Did you mean ${guess}?` }),
  };
}

/** A field that was changed but cannot be. */
export function immutable(field: string, value: unknown, hint = 'Delete the object and create it again.'): Invalid {
  return invalid(field, value, 'field is immutable', hint);
}
