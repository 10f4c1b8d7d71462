import { LabError, type LabErrorCode, type LabErrorOptions } from '../errors.ts';
import type { Invalid } from './check/invalid.ts';

/** One thing wrong with an object: an Invalid with the code of the error it becomes. */
export interface Fault extends Invalid {
  readonly code: LabErrorCode;
}

/** The fault in one line, the field first: `spec.ports[0].port: Required value`. */
function faultLine(fault: Invalid): string {
  return fault.field === '' ? fault.message : `${fault.field}: ${fault.message}`;
}

/** The fault as an error, with its field and hint. `more` adds the place or the number of the object. */
export function faultError(fault: Fault, more: Pick<LabErrorOptions, 'place' | 'object'> = {}): LabError {
  const { code, field, hint } = fault;
  return new LabError(code, faultLine(fault), { field, ...(hint === undefined ? {} : { hint }), ...more });
}
