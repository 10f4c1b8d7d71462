import { join } from 'node:path';
import test from 'ava';
import { parseNode } from './node.ts';
import { disagreement, questionOf, truthCases } from './testing/truth.ts';
import { walk } from './walk.ts';

const cases = truthCases(join(import.meta.dirname, 'testdata/walk'));

for (const { name, dump, truths } of cases) {
  test(`${name}: the walk says what the kernel did`, (t) => {
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
