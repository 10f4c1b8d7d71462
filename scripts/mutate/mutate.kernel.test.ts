import test from 'ava';
import { whyBlind } from './blind.ts';
import { resultText } from './progress.ts';
import { runMutants } from './run.ts';
import { sampleOf } from './sample.ts';
import { scoreOf, shareCaught, wantedShare } from './score.ts';
import { type Mode, modes, type Result } from './types.ts';

const each = 8;
const fixed = 4;
const random = 1 + (Date.now() % 1_000_000);

async function results(mode: Mode): Promise<readonly Result[]> {
  return runMutants({
    mode,
    labs: 2,
    choose: (all) => {
      // What is known to be missed counts against the score of docs/mutation.md, not here.
      const seen = all.filter((mutant) => whyBlind(mutant) === undefined);
      return [...new Set([...sampleOf(seen, each, fixed), ...sampleOf(seen, each, random)])];
    },
    tell: () => undefined,
  });
}

test('verify catches mutants of a lab, and sync repairs them', async (t) => {
  t.timeout(600_000);
  t.log(`seed ${random}`);
  const all: Result[] = [];
  for (const mode of modes) all.push(...(await results(mode)));
  const score = scoreOf(all);
  t.log(JSON.stringify(score));
  for (const result of all) if (['missed', 'not made'].includes(result.verdict)) t.log(resultText(result));
  t.true(score.caught > 0);
  t.is(score.notMade, 0);
  t.true(shareCaught(score) >= wantedShare);
  const lost = all.filter(({ left }) => left !== undefined);
  t.deepEqual(lost.map(resultText), []);
});
