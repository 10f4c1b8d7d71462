import type { Connection, VerifyReport } from '../../api/types.ts';
import { describeResult, listed } from '../describe.ts';
import type { Report, ReportOptions } from './types.ts';
import { byWay } from './ways.ts';

/** Mismatches of one way in that are shown with all that was predicted and observed; of few mismatches, all are. */
const inFull = 1;
const few = 3;
/** Mismatches of one way in that are shown in one line besides. */
const inShort = 4;
const senders = [
  ['pod/', 'from Pods'],
  ['node/', 'from nodes'],
  ['client/', 'from outside'],
] as const;

type Paint = (text: string) => string;

function paints({ color = false }: ReportOptions): { good: Paint; bad: Paint; strong: Paint } {
  const paint = (code: number) => (text: string) => (color ? `\u001B[${code}m${text}\u001B[0m` : text);
  return { good: paint(32), bad: paint(31), strong: paint(1) };
}

/** The text in lines of at most this width, broken at spaces, and within words that are longer. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    let rest = word;
    if (line !== '' && line.length + 1 + rest.length > width) {
      lines.push(line);
      line = '';
    }
    while (rest.length > width) {
      lines.push(rest.slice(0, width));
      rest = rest.slice(width);
    }
    line = line === '' ? rest : `${line} ${rest}`;
  }
  return [...lines, line];
}

function indented(text: string, indent: string, columns: number): readonly string[] {
  return wrap(text, columns - indent.length).map((line) => indent + line);
}

function cell(connections: readonly Connection[]): string {
  if (connections.length === 0) return '·';
  const agreed = connections.filter(({ agrees }) => agrees).length;
  return agreed === connections.length ? `${agreed} agree` : `${agreed} agree, ${connections.length - agreed} not`;
}

function table({ connections }: VerifyReport, options: ReportOptions): readonly string[] {
  const { bad, good, strong } = paints(options);
  const rows = [...byWay(connections)].map(([way, some]) => ({
    way,
    cells: senders.map(([kind]) => cell(some.filter(({ from }) => from.startsWith(kind)))),
  }));
  const first = Math.min(34, Math.max(6, ...rows.map(({ way }) => way.length)));
  const widths = senders.map(([, title], i) =>
    Math.max(title.length, ...rows.map(({ cells }) => cells[i]?.length ?? 0)),
  );
  const paintCell = (text: string) => (text.trim() === '·' ? text : text.includes(' not') ? bad(text) : good(text));
  const head = ['way in'.padEnd(first), ...senders.map(([, title], i) => title.padEnd(widths[i] ?? 0))]
    .join('  ')
    .trimEnd();
  const body = rows.map(({ way, cells }) => {
    const name = (way.length > first ? `${way.slice(0, first - 1)}…` : way).padEnd(first);
    const last = cells.length - 1;
    return [name, ...cells.map((text, i) => paintCell(i === last ? text : text.padEnd(widths[i] ?? 0)))].join('  ');
  });
  return [strong(head), ...body];
}

function beside(left: readonly string[], right: readonly string[], columns: number): readonly string[] {
  const width = Math.floor((columns - 6) / 2);
  const blocks = Array.from({ length: Math.max(left.length, right.length) }, (_, i) => {
    const [a, b] = [wrap(left[i] ?? '', width), wrap(right[i] ?? '', width)];
    return Array.from({ length: Math.max(a.length, b.length) }, (_line, at) =>
      `    ${(a[at] ?? '').padEnd(width)}  ${b[at] ?? ''}`.trimEnd(),
    );
  });
  return blocks.flat();
}

function mismatch(connection: Connection, options: ReportOptions, columns: number): readonly string[] {
  const { from, to, about, predicted, observed, difference = 'It does not agree.' } = connection;
  const { bad } = paints(options);
  const said = predicted.map((one) => `${(100 * one.probability).toFixed(1).padStart(5)} %  ${describeResult(one)}`);
  const seen = observed.map((one) => `${String(one.count).padStart(5)} ×  ${describeResult(one)}`);
  const shown = 12;
  const cut = (lines: readonly string[]) =>
    lines.length > shown ? [...lines.slice(0, shown), `… and ${lines.length - shown} more`] : lines;
  return [
    '',
    ...indented(`${from} → ${to}${about === undefined ? '' : `  (${about})`}`, '', columns - 2).map((line, i) =>
      bad(i === 0 ? `✗ ${line}` : `  ${line}`),
    ),
    ...indented(difference, '  ', columns),
    ...beside(['predicted', ...cut(said)], ['observed', ...cut(seen)], columns),
  ];
}

function shortMismatch({ from, to, observed }: Connection, options: ReportOptions, columns: number): readonly string[] {
  const line = `${from} → ${to}: ${listed(observed.map(describeResult), 'and')}`;
  return indented(line, '', columns - 2).map((text, i) => paints(options).bad(i === 0 ? `✗ ${text}` : `  ${text}`));
}

/** The first mismatches of each way in; mostly all of one way have the same cause. */
function mismatches(wrong: readonly Connection[], options: ReportOptions, columns: number): readonly string[] {
  return [...byWay(wrong)].flatMap(([way, some]) => {
    const full = wrong.length <= few ? few : inFull;
    const short = some.slice(full, full + inShort);
    const more = some.length - full - short.length;
    return [
      ...some.slice(0, full).flatMap((one) => mismatch(one, options, columns)),
      ...short.flatMap((one) => shortMismatch(one, options, columns)),
      ...(more > 0 ? [`… ${more} more of ${way}, -o json has all`] : []),
    ];
  });
}

/** What else to know about the run, one sentence each. */
function notes({ repaired = [], leftOut = [] }: VerifyReport): readonly string[] {
  const verb = repaired.length === 1 ? 'was' : 'were';
  const meanwhile = `${listed(repaired, 'and')} ${verb} repaired meanwhile: some of this was seen before that, some after it.`;
  return [...(repaired.length === 0 ? [] : [meanwhile]), ...leftOut];
}

function verdict({ agreed, disagreed, connections, milliseconds }: VerifyReport, options: ReportOptions): string {
  const { bad, good } = paints(options);
  const seconds = `${(milliseconds / 1000).toFixed(2)} s`;
  if (connections.length === 0) return 'Nothing to try: no connection fits.';
  const noun = connections.length === 1 ? 'connection behaves' : 'connections behave';
  if (disagreed === 0) return good(`All ${agreed} ${noun} as predicted (${seconds}).`.replace('All 1 ', 'The 1 '));
  return bad(
    `${disagreed} of ${connections.length} ${disagreed === 1 ? 'connection does' : 'connections do'} not behave as predicted (${seconds}).`,
  );
}

/** For people: a table of the ways in, then every mismatch with predicted and observed beside each other. */
export const text: Report = (report, options) => {
  const columns = Math.max(40, options.columns ?? 100);
  const wrong = report.connections.filter(({ agrees }) => !agrees);
  const lines = [
    ...(report.connections.length === 0 ? [] : table(report, options)),
    ...mismatches(wrong, options, columns),
    ...(report.connections.length === 0 ? [] : ['']),
    ...notes(report).flatMap((note) => indented(note, '', columns)),
    verdict(report, options),
  ];
  return `${lines.join('\n')}\n`;
};
