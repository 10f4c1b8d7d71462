import { LabError } from '../../errors.ts';
import type { Section } from './types.ts';

/** The error of a damaged line of a section; `line` counts from 0 within the section. */
export function damagedLine(
  { file, command, line: first }: Section,
  line: number,
  message: string,
  hint?: string,
): LabError {
  return new LabError('usage', message, {
    place: { file, line: first + line },
    hint: hint ?? `The text is cut or was edited. Take the output of ${command} anew.`,
  });
}
