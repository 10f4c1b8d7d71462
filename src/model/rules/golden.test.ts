import { existsSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { parseNode } from './node.ts';
import { disagreement, questionOf, truthCases } from './testing/truth.ts';
import { walk } from './walk.ts';

const own = join(import.meta.dirname, 'testdata/walk');
/** The whole of the golden data, where the project's own copy is only a part; absent on other machines. */
const whole = '/work/shared/golden/walk';

const cases = [
  ...truthCases(own, '.').map((one) => ({ ...one, from: 'testdata' })),
  ...(existsSync(whole) ? truthCases(whole, '.').map((one) => ({ ...one, from: 'golden' })) : []),
];

for (const { name, dump, truths, from } of cases) {
  test(`${from} ${name}: the walk says what the kernel did`, (t) => {
    const node = parseNode(dump, name);
    for (const truth of truths) {
      const answer = walk(node, questionOf(truth), { shadowed: true });
      t.is(
        disagreement(truth, answer),
        undefined,
        JSON.stringify({ truth, predicted: answer.predicted.map(({ endpoint }) => endpoint) }),
      );
    }
    t.deepEqual(
      node.ruleSets.flatMap(({ unknown }) => unknown),
      [],
    );
  });
}

test('the golden questions are there', (t) => {
  t.true(cases.reduce((sum, { truths }) => sum + truths.length, 0) > 300);
});
