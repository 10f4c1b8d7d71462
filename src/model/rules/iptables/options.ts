import { LabError } from '../../../errors.ts';
import type { RuleOption } from './types.ts';

/** Options read from a place in the words of a rule, and the place behind them. */
export interface ReadOptions {
  readonly options: readonly RuleOption[];
  readonly next: number;
  /** False when one of the options is not in the list of known ones. */
  readonly known: boolean;
}

function isOption(word: string | undefined): boolean {
  return word?.startsWith('--') === true && word.length > 2;
}

/** How many words up to the next option or extension. */
function unknownValues(words: readonly string[], from: number): number {
  let at = from;
  while (at < words.length && !isOption(words[at]) && words[at] !== '!' && !/^-[a-z]$/.test(words[at] ?? '')) at++;
  return at - from;
}

/**
 * Reads the options `--x VALUE…`, each perhaps after or before a `!`, until something else comes. `arity` says how many
 * values an option takes; of others, all words are taken up to the next option. Throws `usage` for a value that lacks.
 */
export function readOptions(
  words: readonly string[],
  from: number,
  arity: Readonly<Record<string, number>> | undefined,
): ReadOptions {
  const options: RuleOption[] = [];
  let known = true;
  let at = from;
  for (;;) {
    const before = words[at] === '!';
    const name = words[before ? at + 1 : at];
    if (name === undefined || !isOption(name)) break;
    at += before ? 2 : 1;
    const after = words[at] === '!' && arity?.[name] !== 0;
    if (after) at++;
    const count = arity?.[name] ?? unknownValues(words, at);
    if (arity?.[name] === undefined) known = false;
    if (at + count > words.length) throw new LabError('usage', `${name} has no value`);
    options.push({ name, negated: before !== after, values: words.slice(at, at + count) });
    at += count;
  }
  return { options, next: at, known };
}
