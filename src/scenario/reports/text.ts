import { styleText } from 'node:util';
import type { ScenarioResult, StepResult } from '../run.ts';
import { countOf, settingText } from './count.ts';
import type { Report, ReportOptions } from './types.ts';

type Style = Parameters<typeof styleText>[0];

const looks = {
  passed: ['✓', 'green'],
  failed: ['✗', 'red'],
  error: ['✗', 'red'],
  skipped: ['-', 'dim'],
} as const;

function paintFor({ color }: ReportOptions): (style: Style, text: string) => string {
  return (style, text) => (color ? styleText(style, text, { validateStream: false }) : text);
}

function stepLines(step: StepResult, paint: ReturnType<typeof paintFor>): string[] {
  const { text, file, line, message = '', details = [] } = step;
  return [
    `    ${paint('bold', text)}`,
    `      at ${file}${line === undefined ? '' : `:${line}`}`,
    `      ${paint('red', message)}`,
    ...details.map((detail) => `        ${detail}`),
  ];
}

/** One scenario as it ended: a line, and what failed below it. */
export function scenarioLines(one: ScenarioResult, options: ReportOptions): string[] {
  const paint = paintFor(options);
  const [mark, style] = looks[one.result];
  const passed = one.steps.filter(({ result }) => result === 'passed').length;
  const steps = one.result === 'skipped' ? 'skipped: not for this proxy' : `${passed} steps`;
  const time = one.result === 'skipped' ? '' : `, ${(one.milliseconds / 1000).toFixed(1)} s`;
  const error = one.error;
  const [about = ''] = one.about.split('\n');
  return [
    `${paint(style, mark)} ${one.name} (${settingText(one)}): ${steps}${time}`,
    ...(one.result === 'passed' || one.result === 'skipped' ? [] : [`    ${paint('dim', about)}`]),
    ...one.steps.filter(({ result }) => result === 'failed').flatMap((step) => stepLines(step, paint)),
    ...(error === undefined ? [] : [`    ${paint('red', `error[${error.code}]: ${error.message}`)}`]),
    ...(error?.place === undefined ? [] : [`      at ${error.place.file}:${error.place.line}:${error.place.column}`]),
    ...(error?.hint === undefined ? [] : [`      hint: ${error.hint}`]),
  ];
}

/** The last line: how many came out how. */
export function summaryLine(results: readonly ScenarioResult[], options: ReportOptions): string {
  const paint = paintFor(options);
  const bad = countOf(results, 'failed') + countOf(results, 'error');
  const skipped = countOf(results, 'skipped');
  const tried = results.length - skipped;
  const more = skipped === 0 ? '' : `, ${skipped} skipped`;
  if (tried === 0) return `No scenario is for this proxy${more}.`;
  if (bad > 0) return paint('red', `${bad} of ${tried} scenarios did not come out as they say${more}.`);
  return paint(
    'green',
    `All ${tried} scenarios came out as they say${more}.`.replace(
      'All 1 scenarios came out as they say',
      'The scenario came out as it says',
    ),
  );
}

/** For people: a line for each scenario, what failed, and a summary. */
export const text: Report = (results, options) =>
  `${[...results.flatMap((one) => scenarioLines(one, options)), '', summaryLine(results, options)].join('\n')}\n`;
