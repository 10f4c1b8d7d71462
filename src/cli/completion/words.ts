import type { Command, Option } from 'commander';

/** What may stand at the place that is being completed. */
export type Wanted =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'option-value'; readonly option: string }
  | { readonly kind: 'argument'; readonly argument: string; readonly before: readonly string[] }
  | { readonly kind: 'nothing' };

function optionNamed(command: Command, word: string): Option | undefined {
  return command.options.find((option) => option.short === word || option.long === word);
}

function takesValue(option: Option | undefined): boolean {
  return option !== undefined && (option.required || option.optional);
}

/** The arguments before the place, without options and their values. */
function operands(command: Command, words: readonly string[]): string[] {
  const found: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    if (!word.startsWith('-')) found.push(word);
    else if (takesValue(optionNamed(command, word))) at++;
  }
  return found;
}

function optionWords(command: Command): string[] {
  const long = command.options.filter((option) => !option.hidden).map((option) => option.long);
  return [...long.filter((word) => word !== undefined && word !== null), '--help'];
}

/** What is wanted after `words` of a command, where the user has typed `current` so far. Pure. */
export function wantedAt(command: Command, words: readonly string[], current: string): Wanted {
  if (words.includes('--')) return { kind: 'nothing' };
  const [first, ...rest] = words;
  const subcommand = command.commands.find((one) => one.name() === first);
  if (subcommand !== undefined) return wantedAt(subcommand, rest, current);
  const equals = /^(--[^=]+)=/.exec(current);
  const option = optionNamed(command, equals?.[1] ?? words.at(-1) ?? '');
  if (option !== undefined && takesValue(option)) {
    if (option.argChoices === undefined) return { kind: 'option-value', option: option.attributeName() };
    return { kind: 'words', words: option.argChoices };
  }
  if (current.startsWith('-')) return { kind: 'words', words: optionWords(command) };
  const before = operands(command, words);
  if (before.length === 0 && command.commands.length > 0) {
    return { kind: 'words', words: command.commands.map((one) => one.name()) };
  }
  const { registeredArguments: all } = command;
  const last = all.at(-1);
  const argument = all[before.length] ?? (last?.variadic === true ? last : undefined);
  if (argument === undefined) return { kind: 'nothing' };
  if (argument.argChoices !== undefined) return { kind: 'words', words: argument.argChoices };
  return { kind: 'argument', argument: argument.name(), before };
}
