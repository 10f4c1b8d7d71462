import test from 'ava';
import { Tally } from './tally.ts';

function tallyOf(...outcomes: ('passed' | 'failed' | 'skipped')[]) {
  const lines: string[] = [];
  const tally = new Tally((line) => lines.push(line));
  for (const [i, outcome] of outcomes.entries()) tally.add('unit', { outcome, title: `t${i}`, details: ['why'] });
  tally.close();
  return { ok: tally.ok, last: lines.at(-1), lines };
}

test('the last line counts passed and failed tests, and skipped ones when there are any', (t) => {
  t.is(tallyOf('passed', 'passed').last, '2 passed, 0 failed');
  t.is(tallyOf('passed', 'failed', 'skipped').last, '1 passed, 1 failed, 1 skipped');
});

test('only a run in which something passed and nothing failed is fine', (t) => {
  t.true(tallyOf('passed', 'skipped').ok);
  t.false(tallyOf('passed', 'failed').ok);
  t.false(tallyOf('skipped').ok);
  t.false(tallyOf().ok);
});

test('a failed test is shown with its details, and named again at the end', (t) => {
  const { lines } = tallyOf('failed', 'passed');
  t.deepEqual(lines, ['  ✖ t0', '      why', '  ✔ t1', '', '✖ unit: t0', '', '1 passed, 1 failed']);
});
