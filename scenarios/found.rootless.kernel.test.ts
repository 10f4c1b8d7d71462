import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import anyTest, { type TestFn } from 'ava';
import { parseScenario } from '../src/scenario/load.ts';
import { applies } from '../src/scenario/run-steps.ts';
import { settings } from './runner/matrix.ts';
import { turns } from './runner/turns.ts';
import { openScratch, patience } from './testing/scratch.ts';

const test = anyTest as TestFn;
const place = openScratch();
const inTurn = turns(2);

test.after.always(() => place.close());

/** What the hunt has found, each with the proxies that it was found with. */
for (const file of globSync(join(import.meta.dirname, 'found/*.yaml')).sort()) {
  const scenario = await parseScenario(file, readFileSync(file));
  for (const setting of settings) {
    if (scenario === undefined || !applies(scenario.only, setting)) continue;
    const { mode, release } = setting;
    test(`${basename(file)}: ${mode}, ${release}`, async (t) => {
      t.timeout(patience);
      const args = ['test', file, '--mode', mode, '--release', release];
      const { exitCode, stdout, stderr } = await inTurn(() => place.scratch.svclab(...args));
      t.is(exitCode, 0, stdout + stderr);
    });
  }
}
