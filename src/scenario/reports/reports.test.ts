import test from 'ava';
import { LabError } from '../../errors.ts';
import type { ScenarioResult } from '../run.ts';
import { reports } from './registry.ts';

const base = {
  about: 'What it shows.\nMore.',
  file: 's.yaml',
  mode: 'iptables',
  release: '1.36',
  milliseconds: 1234,
} as const;
const step = { kind: 'expect', text: 'a → b: delivered', file: 's.yaml', line: 7 } as const;

const results: readonly ScenarioResult[] = [
  { ...base, name: 'good', result: 'passed', steps: [{ ...step, result: 'passed' }] },
  {
    ...base,
    name: 'bad',
    result: 'failed',
    steps: [
      { ...step, result: 'passed' },
      { ...step, line: 8, result: 'failed', message: 'a to b: <dropped>', details: ['seen 1 times: dropped'] },
    ],
  },
  { ...base, name: 'old', result: 'skipped', release: '1.20', steps: [], milliseconds: 0 },
  {
    ...base,
    name: 'broken',
    result: 'error',
    steps: [],
    error: new LabError('missing-tool', 'no iptables', { hint: 'Install it.' }),
  },
];

test('text', (t) => {
  t.is(
    reports.text(results, { color: false }),
    `✓ good (iptables, 1.36): 1 steps, 1.2 s
✗ bad (iptables, 1.36): 1 steps, 1.2 s
    What it shows.
    a → b: delivered
      at s.yaml:8
      a to b: <dropped>
        seen 1 times: dropped
- old (iptables, 1.20): skipped: not for this proxy
✗ broken (iptables, 1.36): 0 steps, 1.2 s
    What it shows.
    error[missing-tool]: no iptables
      hint: Install it.

2 of 3 scenarios did not come out as they say, 1 skipped.
`,
  );
  t.true(reports.text(results.slice(0, 1), { color: true }).startsWith('\u001b[32m✓'));
  t.regex(reports.text(results.slice(0, 1), { color: false }), /\nThe scenario came out as it says\.\n$/);
  t.regex(reports.text(results.slice(2, 3), { color: false }), /No scenario is for this proxy, 1 skipped\.\n$/);
});

test('json', (t) => {
  const { scenarios, ...counts } = JSON.parse(reports.json(results, { color: false }));
  t.deepEqual(counts, { passed: 1, failed: 1, skipped: 1, error: 1 });
  t.deepEqual(scenarios[1], results[1]);
  t.deepEqual(scenarios[3].error, { code: 'missing-tool', message: 'no iptables', hint: 'Install it.' });
});

test('junit', (t) => {
  t.is(
    reports.junit(results, { color: true }),
    `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="svclab test" tests="4" failures="1" errors="1" skipped="1">
  <testsuite name="iptables, 1.36" tests="3" failures="1" errors="1" skipped="0">
    <testcase classname="iptables, 1.36" name="good" time="1.234"/>
    <testcase classname="iptables, 1.36" name="bad" time="1.234">
      <failure type="mismatch" message="a to b: &lt;dropped&gt;">a → b: delivered
at s.yaml:8
seen 1 times: dropped</failure>
    </testcase>
    <testcase classname="iptables, 1.36" name="broken" time="1.234">
      <error type="missing-tool" message="no iptables">Install it.</error>
    </testcase>
  </testsuite>
  <testsuite name="iptables, 1.20" tests="1" failures="0" errors="0" skipped="1">
    <testcase classname="iptables, 1.20" name="old" time="0.000">
      <skipped message="not for this proxy"/>
    </testcase>
  </testsuite>
</testsuites>
`,
  );
});
