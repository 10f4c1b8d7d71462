import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { renderDocument } from './mutate/document.ts';
import { runMutants } from './mutate/run.ts';
import { sampleOf } from './mutate/sample.ts';
import { scoreOf, shareCaught, wantedShare } from './mutate/score.ts';
import { type Mode, type Mutant, modes, type Result } from './mutate/types.ts';

const documents = join(dirname(import.meta.dirname), 'docs');
const usage = `usage: npm run mutate -- [--mode MODE]... [--only PATTERN] [--sample N [--seed S]] [--labs N] [--write]
  --mode    ${modes.join(' or ')}; both when absent
  --only    mutants whose target, kind and text match this regular expression
  --sample  so many of them, drawn by chance; the seed is printed
  --labs    labs that work side by side, 2 when absent
  --write   writes docs/mutation.md from this run`;

interface Choice {
  readonly modes: readonly Mode[];
  readonly only: RegExp;
  readonly sample: number | undefined;
  readonly seed: number;
  readonly labs: number;
  readonly write: boolean;
}

/** What to try; undefined when the arguments make no sense. */
function choose(): Choice | undefined {
  try {
    const { values } = parseArgs({
      options: {
        mode: { type: 'string', multiple: true, default: [...modes] },
        only: { type: 'string', default: '' },
        sample: { type: 'string' },
        seed: { type: 'string', default: String(Date.now() % 1_000_000) },
        labs: { type: 'string', default: '2' },
        write: { type: 'boolean', default: false },
      },
    });
    const wanted = modes.filter((mode) => values.mode.includes(mode));
    const [sample, seed, labs] = [values.sample, values.seed, values.labs].map((text) => Number(text ?? 1));
    if (
      wanted.length !== values.mode.length ||
      !(Number(sample) > 0) ||
      !Number.isInteger(seed) ||
      !(Number(labs) > 0)
    ) {
      return undefined;
    }
    return {
      modes: wanted,
      only: new RegExp(values.only),
      sample: values.sample === undefined ? undefined : Number(values.sample),
      seed: Number(values.seed),
      labs: Number(values.labs),
      write: values.write,
    };
  } catch {
    return undefined;
  }
}

function tell({ mutant, verdict, why }: Result, done: number, total: number): void {
  const { target, kind, what } = mutant;
  console.log(`[${done}/${total}] ${verdict}: ${target}: ${kind}: ${what}${why === '' ? '' : `\n    ${why}`}`);
}

async function main(): Promise<number> {
  const choice = choose();
  if (choice === undefined) {
    console.error(usage);
    return 2;
  }
  const { only, sample, seed, labs } = choice;
  if (sample !== undefined) console.log(`seed ${seed}`);
  const pick = (all: readonly Mutant[]): readonly Mutant[] => {
    const matching = all.filter(({ target, kind, what }) => only.test(`${target} ${kind} ${what}`));
    return sample === undefined ? matching : sampleOf(matching, sample, seed);
  };
  const results: Result[] = [];
  for (const mode of choice.modes) results.push(...(await runMutants({ mode, labs, choose: pick, tell })));
  const score = scoreOf(results);
  const share = shareCaught(score);
  if (choice.write)
    writeFileSync(join(documents, 'mutation.md'), renderDocument(results, new Date().toISOString().slice(0, 10)));
  console.log(
    `${score.caught} caught, ${score.missed} missed, ${score.neutral} neutral: ${(100 * share).toFixed(1)} % of those that change behaviour are caught`,
  );
  return share >= wantedShare ? 0 : 1;
}

process.exitCode = await main();
