import type { LabError, Place } from '../../errors.ts';
import type { Paint } from './colour.ts';

/** `file:line:column`, as far as known. */
function formatPlace(place: Place): string {
  return [place.file, place.line, place.column].filter((part) => part !== undefined).join(':');
}

/** A message longer than this loses its middle; longer than any that svclab writes of names that are allowed. */
const longestMessage = 2000;

/** What a manifest or a name brought in cannot move the cursor, change colours or fill the screen. */
function printable(message: string): string {
  const half = longestMessage / 2;
  const cut =
    message.length <= longestMessage ? message : `${message.slice(0, half)} … ${message.slice(message.length - half)}`;
  return cut.replaceAll(/[^\P{Cc}\n\t]/gu, (character) => {
    return `\\x${(character.codePointAt(0) ?? 0).toString(16).padStart(2, '0')}`;
  });
}

function formatOne(error: LabError, paint: Paint): string[] {
  const lines = [`${paint.red(paint.bold(`error[${error.code}]:`))} ${printable(error.message)}`];
  if (error.place !== undefined) lines.push(`  at ${formatPlace(error.place)}`);
  if (error.hint !== undefined) lines.push(`  hint: ${error.hint}`);
  return lines;
}

/** The stacks of an error and of what caused it. */
function stacks(error: Error): string[] {
  const own = error.stack ?? String(error);
  return error.cause instanceof Error ? [own, ...stacks(error.cause)] : [own];
}

/**
 * Lines for stderr: `error[CODE]: message`, the place and the hint; of an error that sums up several faults, each
 * fault and then the sum. Stacks only with `debug`.
 */
export function formatError(error: LabError, options: { readonly debug: boolean; readonly paint: Paint }): string[] {
  const { debug, paint } = options;
  const lines = error.all.flatMap((fault) => formatOne(fault, paint));
  if (error.all.length === 0) lines.push(...formatOne(error, paint));
  else if (error.all.length > 1) lines.push(`${error.message}${error.hint === undefined ? '' : `; ${error.hint}`}`);
  if (debug) lines.push(...stacks(error));
  return lines;
}
