import test from 'ava';
import { readTap, type TestResult } from './tap.ts';

function read(text: string, exitCode: number | undefined): TestResult[] {
  const reader = readTap();
  const results = text.split('\n').flatMap((line) => reader.line(line) ?? []);
  return [...results, ...reader.end(exitCode)];
}

function outcomes(text: string, exitCode: number | undefined): string[] {
  return read(text, exitCode).map(({ outcome, title }) => `${outcome}: ${title}`);
}

const cases: readonly { about: string; tap: string; exitCode: number | undefined; expected: readonly string[] }[] = [
  {
    about: 'passed, failed, skipped and to-do tests',
    tap: 'TAP version 13\nok 1 - a\nnot ok 2 - b\nok 3 - c # SKIP\nnot ok 4 - d # TODO\n\n1..4\n# tests 4',
    exitCode: 1,
    expected: ['passed: a', 'failed: b', 'skipped: c', 'skipped: d'],
  },
  {
    about: 'a failed test whose title looks like a directive',
    tap: 'not ok 1 - reads # SKIP me\nok 2 - # of Pods\n1..2',
    exitCode: 1,
    expected: ['failed: reads # SKIP', 'passed: # of Pods'],
  },
  {
    about: 'a crashed file',
    tap: 'ok 1 - a\nnot ok 2 - src/x.test.ts exited with a non-zero exit code: 3\n1..2',
    exitCode: 1,
    expected: ['passed: a', 'failed: src/x.test.ts exited with a non-zero exit code: 3'],
  },
  {
    about: 'a runner that dies before its plan',
    tap: 'ok 1 - a',
    exitCode: undefined,
    expected: ['passed: a', 'failed: ava ended early, by a signal; a test that never ends does that, for one'],
  },
  { about: 'no tests at all', tap: 'TAP version 13\n1..0', exitCode: 1, expected: ['failed: no tests were found'] },
  {
    about: 'a status that no test explains',
    tap: 'ok 1 - a\n1..1',
    exitCode: 1,
    expected: ['passed: a', 'failed: ava ended with status 1, although no test failed'],
  },
  { about: 'all fine', tap: 'ok 1 - a\n1..1', exitCode: 0, expected: ['passed: a'] },
];

for (const { about, tap, exitCode, expected } of cases) {
  test(about, (t) => {
    t.deepEqual(outcomes(tap, exitCode), [...expected]);
  });
}

test('details belong to the test above them, with their own indentation', (t) => {
  const tap =
    'not ok 1 - a\n  ---\n    name: AssertionError\n    details:\n      x: 1\n  ...\n#   logged\nok 2 - b\n1..2';
  t.deepEqual(read(tap, 1), [
    { outcome: 'failed', title: 'a', details: ['name: AssertionError', 'details:', '  x: 1', 'logged'] },
    { outcome: 'passed', title: 'b', details: [] },
  ]);
});
