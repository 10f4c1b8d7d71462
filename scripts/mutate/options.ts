import { parseArgs } from 'node:util';
import { type Mode, modes } from './types.ts';

/** What `npm run mutate` understands. */
export const usage = `usage: npm run mutate -- [OPTION]...
  --mode MODE     ${modes.join(', ')} or both (both)
  --only PATTERN  only mutants whose place, kind and text match this regular expression
  --sample N      so many of each mode, drawn by chance
  --seed S        what decides the drawing; printed, another one each time when absent
  --labs N        labs that work side by side (2)
  -o json         results as JSON on standard output
  --write         write docs/mutation.md; only for a whole run
  -h, --help      this text
Exit status 1 when verify catches less than 95 % of the mutants that change behaviour, or sync does not
repair what it should; 2 when the arguments make no sense.`;

/** What to try, and how. */
export interface Options {
  readonly modes: readonly Mode[];
  readonly only: RegExp;
  readonly sample: number | undefined;
  readonly seed: number;
  readonly labs: number;
  readonly json: boolean;
  readonly write: boolean;
  readonly help: boolean;
}

function natural(text: string, name: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new Error(`--${name} ${text}: a number from 1 on is wanted`);
  return Number(text);
}

/** The options of these arguments. Throws an Error whose message says what is wrong with them. */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      mode: { type: 'string', default: 'both' },
      only: { type: 'string', default: '' },
      sample: { type: 'string' },
      seed: { type: 'string', default: String(1 + (Date.now() % 1_000_000)) },
      labs: { type: 'string', default: '2' },
      output: { type: 'string', short: 'o', default: 'text' },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const wanted = modes.filter((mode) => values.mode === mode || values.mode === 'both');
  if (wanted.length === 0) throw new Error(`--mode ${values.mode}: ${modes.join(', ')} or both is wanted`);
  if (!['text', 'json'].includes(values.output)) throw new Error(`-o ${values.output}: json is wanted`);
  const part = values.mode !== 'both' || values.only !== '' || values.sample !== undefined;
  if (values.write && part) throw new Error('--write goes with a whole run: without --mode, --only, --sample');
  return {
    modes: wanted,
    only: new RegExp(values.only),
    sample: values.sample === undefined ? undefined : natural(values.sample, 'sample'),
    seed: natural(values.seed, 'seed'),
    labs: natural(values.labs, 'labs'),
    json: values.output === 'json',
    write: values.write,
    help: values.help,
  };
}
