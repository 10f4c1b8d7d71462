import { Command } from 'commander';
import { splitCommandLine } from '../arguments.ts';
import { commands } from '../commands/registry.ts';
import { addGlobalOptions } from '../context.ts';
import { type NameScope, wordsFor } from './names.ts';
import { wantedAt } from './words.ts';

/** The value of an option among the words, as `--lab X` or `--lab=X`. */
function optionValue(words: readonly string[], ...names: readonly string[]): string | undefined {
  const at = words.findLastIndex((word) => names.includes(word));
  const joined = words.findLast((word) => names.some((name) => word.startsWith(`${name}=`)));
  return at < 0 ? joined?.slice(joined.indexOf('=') + 1) : words[at + 1];
}

function scopeOf(words: readonly string[]): NameScope {
  const lab = optionValue(words, '--lab');
  const namespace = optionValue(words, '-n', '--namespace');
  return { ...(lab === undefined ? {} : { lab }), ...(namespace === undefined ? {} : { namespace }) };
}

async function commandNamed(name: string | undefined): Promise<Command> {
  const command = new Command(name ?? 'svclab');
  const entry = commands.find((one) => one.name === name);
  if (entry !== undefined) (await entry.load()).define(command, []);
  return addGlobalOptions(command);
}

async function fitting(words: readonly string[], current: string): Promise<readonly string[]> {
  const { command: name, rest } = splitCommandLine(words);
  const names = commands.map((entry) => entry.name);
  if (name === 'help') return rest.length === 0 ? names : [];
  const wanted = wantedAt(await commandNamed(name), rest, current);
  if (name === undefined && wanted.kind === 'nothing') return [...names, 'help'];
  if (name === undefined && wanted.kind === 'words') return [...wanted.words, '--version'];
  const found = await wordsFor(wanted, current, scopeOf(words));
  const equals = /^--[^=]+=/.exec(current);
  return equals === null ? found : found.map((word) => `${equals[0]}${word}`);
}

/** What the last word of a command line, typed so far, may become. The first word is svclab itself. */
export async function candidates(line: string): Promise<readonly string[]> {
  const words = line.split(/\s+/).slice(1);
  const current = words.pop() ?? '';
  const found = await fitting(words, current);
  return found.filter((word) => word.startsWith(current) || word.startsWith('<'));
}
