import { LabError, type LabErrorCode } from '../../errors.ts';
import type { Invalid } from '../../kinds/check/invalid.ts';
import type { LabObject } from '../../kinds/types/object.ts';

/** A refusal of one object of a request, worded as the API server does: `Service "web" is invalid: FIELD: MESSAGE`. */
export function invalidFault(object: LabObject, index: number, { field, message, hint }: Invalid): LabError {
  return new LabError('invalid-object', `${object.kind} "${object.metadata.name}" is invalid: ${field}: ${message}`, {
    field,
    object: index,
    ...(hint === undefined ? {} : { hint }),
  });
}

/** Throws when there are faults: the only one itself, or one that sums up all of them in `all`. */
export function throwFaults(faults: readonly LabError[]): void {
  const [first] = faults;
  if (first === undefined) return;
  const code: LabErrorCode = first.code;
  const more = faults.length === 1 ? '' : ` (and ${faults.length - 1} more)`;
  throw new LabError(code, `${first.message}${more}`, {
    all: faults,
    ...(first.hint === undefined ? {} : { hint: first.hint }),
    ...(first.field === undefined ? {} : { field: first.field }),
    ...(first.object === undefined ? {} : { object: first.object }),
  });
}
