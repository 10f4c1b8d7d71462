import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import test from 'ava';
import { settings } from '../../scenarios/runner/matrix.ts';
import { isFor, readFound } from './found.ts';
import { differencesOnPaper, huntOnPaper } from './on-paper.ts';
import { findingLines, huntLine } from './report.ts';
import { foundFolder } from './save.ts';
import { describeDifference } from './types.ts';

/* The hunt in a kernel is tested in scenarios/hunt.kernel.test.ts. */

const minutes = 60_000;
const random = Math.floor(Math.random() * 2 ** 31);

for (const [which, seed] of [
  ['the fixed seed 1', 1],
  ['a random seed', random],
] as const) {
  test.serial(`walk and model agree on clusters of ${which}`, async (t) => {
    t.timeout(10 * minutes);
    t.log(`seed ${seed}`);
    const hunt = await huntOnPaper({ seed, milliseconds: 15_000, shrinkMilliseconds: minutes, findingsAtMost: 1 });
    t.log(huntLine(hunt));
    t.true(hunt.clusters > 0 && hunt.connections > 0);
    t.deepEqual(
      hunt.findings.flatMap((finding) => findingLines(finding, false)),
      [],
    );
  });
}

for (const file of globSync(join(foundFolder, '*.yaml')).sort()) {
  const found = readFound(readFileSync(file, 'utf8'));
  for (const setting of settings.filter((one) => isFor(found, one))) {
    test(`walk and model agree on ${basename(file)}: ${setting.mode}, ${setting.release}`, (t) => {
      t.deepEqual(differencesOnPaper(found.story(setting), 1).map(describeDifference), []);
    });
  }
}
