import type { Connection, ExplainedConnection } from '../../api/types.ts';
import type { Observation, Outcome, Prediction, Step } from '../../model/types.ts';
import { wrap } from '../../verify/reports/text.ts';
import type { Paint } from './colour.ts';
import { formatMilliseconds } from './duration.ts';
import { type Column, formatTable } from './table.ts';

function percent(share: number): string {
  const text = (share * 100).toFixed(1);
  return `${text === '0.0' && share > 0 ? '<0.1' : text} %`;
}

function paintOutcome(outcome: Outcome, paint: Paint): string {
  return outcome === 'delivered' ? paint.green(outcome) : paint.yellow(outcome);
}

/** One answer of `svclab curl`: `delivered by default/web-0 (10.244.2.2:80) from 10.244.1.7, 1.2 ms`. */
export function formatAnswer(observation: Observation, milliseconds: number, paint: Paint): string {
  const { outcome, endpoint, pod, source } = observation;
  const by = pod === undefined ? endpoint : `${paint.bold(pod)}${endpoint === undefined ? '' : ` (${endpoint})`}`;
  const words = [
    paintOutcome(outcome, paint),
    ...(by === undefined ? [] : [`by ${by}`]),
    ...(source === undefined ? [] : [`from ${source}`]),
  ];
  return `${words.join(' ')}, ${formatMilliseconds(milliseconds)}`;
}

const predictionColumns: readonly Column[] = [
  { title: 'OUTCOME' },
  { title: 'SHARE', align: 'right' },
  { title: 'ENDPOINT' },
  { title: 'POD', shrink: true },
  { title: 'NODE', shrink: true },
  { title: 'SOURCE SEEN' },
];

/** The distribution of a prediction as a table. */
function formatPredictions(predicted: readonly Prediction[], paint: Paint, limit: number): string[] {
  const rows = predicted.map((one) => [
    paintOutcome(one.outcome, paint),
    percent(one.probability),
    one.endpoint ?? '-',
    one.pod ?? '-',
    one.node ?? '-',
    one.source ?? '-',
  ]);
  return formatTable(predictionColumns, rows, { limit });
}

/** A step's text and its reason, within the limit; the reason's own lines stay lines. */
function formatStep(step: Step, number: string, paint: Paint, limit: number): string[] {
  const indent = ' '.repeat(number.length);
  const because = (step.because ?? '').split('\n').filter((line) => line !== '');
  const width = limit - number.length;
  return [
    ...wrap(step.text, width).map((line, at) => (at === 0 ? number : indent) + line),
    ...because.flatMap((line) => wrap(line, width)).map((line) => indent + paint.dim(line)),
  ];
}

/** Columns that sentences and tables keep to. */
interface Limits {
  readonly text: number;
  readonly table: number;
}

/** What `svclab explain` prints: from → to, the steps by place with their reasons, the distribution. */
export function formatExplanation(explained: ExplainedConnection, paint: Paint, limits: Limits): string[] {
  const { from, to, steps, predicted } = explained;
  const digits = String(steps.length).length;
  const lines = steps.flatMap((step, at) => {
    const number = `  ${String(at + 1).padStart(digits)}. `;
    const place = step.where === steps[at - 1]?.where ? [] : [paint.cyan(step.where)];
    return [...place, ...formatStep(step, number, paint, limits.text)];
  });
  return [
    `${paint.bold(from)} → ${paint.bold(to)}`,
    '',
    ...lines,
    '',
    ...formatPredictions(predicted, paint, limits.table),
  ];
}

/** What two results must have in common to be the same one. */
function resultKey(result: Prediction | Observation): string {
  return [result.outcome, result.endpoint, result.source].join(' ');
}

const tallyColumns: readonly Column[] = [
  { title: 'OUTCOME' },
  { title: 'ENDPOINT' },
  { title: 'POD', shrink: true },
  { title: 'SOURCE SEEN' },
  { title: 'PREDICTED', align: 'right' },
  { title: 'SEEN', align: 'right' },
];

function tallyRow(
  predicted: Prediction | undefined,
  observed: Observation | undefined,
  total: number,
  paint: Paint,
): string[] {
  const result = predicted ?? observed;
  const count = observed?.count ?? 0;
  return [
    result === undefined ? '-' : paintOutcome(result.outcome, paint),
    result?.endpoint ?? '-',
    result?.pod ?? '-',
    result?.source ?? '-',
    predicted === undefined ? '-' : percent(predicted.probability),
    total === 0 ? '0' : `${count} (${percent(count / total)})`,
  ];
}

/** The tally of `svclab curl` next to the prediction, and whether they agree. */
export function formatTally(connection: Connection, paint: Paint, limits: Limits): string[] {
  const seen = new Map(connection.observed.map((observation) => [resultKey(observation), observation]));
  const total = connection.observed.reduce((sum, { count }) => sum + count, 0);
  const rows = connection.predicted.map((predicted) => {
    const observed = seen.get(resultKey(predicted));
    seen.delete(resultKey(predicted));
    return tallyRow(predicted, observed, total, paint);
  });
  for (const observed of seen.values()) rows.push(tallyRow(undefined, observed, total, paint));
  const { from, to, agrees, difference } = connection;
  const differs = `differs from the prediction${difference === undefined ? '' : `: ${difference}`}`;
  const verdict = agrees ? [paint.green('agrees with the prediction')] : wrap(differs, limits.text).map(paint.red);
  return [`${from} → ${to}`, ...formatTable(tallyColumns, rows, { limit: limits.table }), ...verdict];
}
