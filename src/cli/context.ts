import { type Command, Option } from 'commander';
import { findLab, type LabLocation } from '../api/locate.ts';
import { LabError } from '../errors.ts';
import { type Paint, paintWith, wantsColour } from './output/colour.ts';

/** Options that every command has. */
export interface GlobalOptions {
  readonly lab?: string;
  readonly debug?: boolean;
  /** False with `--no-color`. */
  readonly color: boolean;
}

/** Columns that sentences keep to. */
export const textLimit = 100;

/** Columns that tables keep to: those of a wide terminal. What other programs read is never cut. */
export function tableLimit(
  { isTTY, columns = textLimit }: Pick<typeof process.stdout, 'isTTY' | 'columns'> = process.stdout,
): number {
  return isTTY ? Math.max(textLimit, columns) : Number.POSITIVE_INFINITY;
}

/** Adds the options that every command has; help is silent on `--lab` where it would mean nothing. */
export function addGlobalOptions(command: Command, { needsNoLab = false } = {}): Command {
  const lab = new Option('--lab <name>', 'the lab that is meant: else $SVCLAB_LAB, the only one running, or "default"');
  return command
    .addOption(lab.hideHelp(needsNoLab))
    .option('--debug', 'show stacks of errors')
    .option('--no-color', 'no colours, as with NO_COLOR');
}

/** The option `-o`, with the forms that the command knows; the first is what it prints without the option. */
export function outputOption(...forms: readonly [string, ...string[]]): Option {
  return new Option('-o, --output <form>', 'form of the output').choices(forms).default(forms[0]);
}

/** Help text with real command lines, each with what it is for. */
export function examples(lines: readonly (readonly [command: string, purpose: string])[]): string {
  const width = Math.max(...lines.map(([command]) => command.length));
  const text = lines.map(([command, purpose]) => `  ${command.padEnd(width)}   # ${purpose}`);
  return `\nExamples:\n${text.join('\n')}`;
}

/** The lab that the command's options name. */
export function labOf(options: GlobalOptions): Promise<LabLocation> {
  return findLab(options.lab);
}

/** Whether standard output is to have colours. */
export function colourOf(options: GlobalOptions): boolean {
  return wantsColour({ isTTY: process.stdout.isTTY, disabled: !options.color, env: process.env });
}

/** Colours for standard output. */
export function paintOf(options: GlobalOptions): Paint {
  return paintWith(colourOf(options));
}

/** Writes lines to standard output. */
export function print(lines: readonly string[]): void {
  if (lines.length > 0) process.stdout.write(`${lines.join('\n')}\n`);
}

/** Writes a value to standard output as JSON, two blanks a level. */
export function printJSON(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);
}

/** Collects the values of an option that may be given several times. */
export function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}

/** Parses the value of an option that counts something. Throws `usage` unless it is a whole number from 1. */
export function count(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= 1_000_000) return value;
  throw new LabError('usage', `"${text}" is not a number from 1 to 1000000`);
}
