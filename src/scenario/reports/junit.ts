import { escapeXml } from '../../verify/reports/junit.ts';
import type { ScenarioResult } from '../run.ts';
import { countOf, settingText } from './count.ts';
import type { Report } from './types.ts';

function verdict({ result, steps, error }: ScenarioResult): string | undefined {
  if (result === 'skipped') return '      <skipped message="not for this proxy"/>';
  if (error !== undefined) {
    return `      <error type="${error.code}" message="${escapeXml(error.message)}">${escapeXml(error.hint ?? '')}</error>`;
  }
  const failed = steps.find((step) => step.result === 'failed');
  if (failed === undefined) return undefined;
  const { text, file, line, message = '', details = [] } = failed;
  const lines = [`${text}`, `at ${file}:${line}`, ...details].map(escapeXml).join('\n');
  return `      <failure type="mismatch" message="${escapeXml(message)}">${lines}</failure>`;
}

function testcase(one: ScenarioResult): string[] {
  const inside = verdict(one);
  const time = (one.milliseconds / 1000).toFixed(3);
  const open = `    <testcase classname="${escapeXml(settingText(one))}" name="${escapeXml(one.name)}" time="${time}"`;
  return inside === undefined ? [`${open}/>`] : [`${open}>`, inside, '    </testcase>'];
}

function counts(results: readonly ScenarioResult[]): string {
  const [failed, error, skipped] = (['failed', 'error', 'skipped'] as const).map((sort) => countOf(results, sort));
  return `tests="${results.length}" failures="${failed}" errors="${error}" skipped="${skipped}"`;
}

/** JUnit XML: a test suite for each setting, a test case for each scenario. */
export const junit: Report = (results) => {
  const suites = [...Map.groupBy(results, settingText)].flatMap(([setting, some]) => [
    `  <testsuite name="${escapeXml(setting)}" ${counts(some)}>`,
    ...some.flatMap(testcase),
    '  </testsuite>',
  ]);
  const head = ['<?xml version="1.0" encoding="UTF-8"?>', `<testsuites name="svclab test" ${counts(results)}>`];
  return `${[...head, ...suites, '</testsuites>'].join('\n')}\n`;
};
