import { LabError } from '../errors.ts';
import type { StepSource } from './types.ts';

/** Runs the work; its LabError gets the place of the step's field. */
export function placed<T>(source: StepSource, field: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof LabError) || error.place !== undefined) throw error;
    const { code, message, hint } = error;
    throw new LabError(code, message, { place: source.locate(field), ...(hint === undefined ? {} : { hint }) });
  }
}
