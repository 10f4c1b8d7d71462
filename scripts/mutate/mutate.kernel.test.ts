import test from 'ava';
import { whyBlind } from './blind.ts';
import { resultText } from './progress.ts';
import { runMutants } from './run.ts';
import { sampleOf } from './sample.ts';
import { scoreOf, speaksAgainst } from './score.ts';
import { type Mode, type Mutant, modes, type Result } from './types.ts';

const each = 8;
const fixed = 4;
const random = 1 + (Date.now() % 1_000_000);

/** Results of mutants that are always the same, and of those that chance draws. */
interface Results {
  readonly always: readonly Result[];
  readonly drawn: readonly Result[];
}

async function results(mode: Mode): Promise<Results> {
  let always: readonly Mutant[] = [];
  const all = await runMutants({
    mode,
    labs: 2,
    choose: (mutants) => {
      // What is known to be missed counts against the score of docs/mutation.md, not here.
      const seen = mutants.filter((mutant) => whyBlind(mutant) === undefined);
      always = sampleOf(seen, each, fixed);
      return [...new Set([...always, ...sampleOf(seen, each, random)])];
    },
    tell: () => undefined,
  });
  const { yes = [], no = [] } = Object.groupBy(all, ({ mutant }) => (always.includes(mutant) ? 'yes' : 'no'));
  return { always: yes, drawn: no };
}

test('verify catches mutants of a lab, and sync repairs them', async (t) => {
  t.timeout(600_000);
  t.log(`seed ${random}`);
  const both: Results[] = [];
  for (const mode of modes) both.push(await results(mode));
  const always = both.flatMap((one) => one.always);
  const drawn = both.flatMap((one) => one.drawn);
  t.log(JSON.stringify({ always: scoreOf(always), drawn: scoreOf(drawn) }));
  const all = [...always, ...drawn];
  for (const result of all) if (['missed', 'not made'].includes(result.verdict)) t.log(resultText(result));
  t.true(scoreOf(always).caught > 0);
  t.true(scoreOf(always).missed <= 1);
  t.false(speaksAgainst(scoreOf(drawn)));
  t.is(scoreOf(all).notMade, 0);
  const lost = all.filter(({ left }) => left !== undefined);
  t.deepEqual(lost.map(resultText), []);
});
