import test from 'ava';
import { formatNumber, formatReach, formatValues, markdownTable, rowCells, textTable } from './format.ts';
import type { Row } from './types.ts';

for (const [value, text] of [
  [0, '0.00'],
  [0.5, '0.50'],
  [1.234, '1.23'],
  [12.34, '12.3'],
  [123.4, '123'],
  [999, '999'],
  [12345.6, '12,346'],
] as const) {
  test(`${value} is written ${text}`, (t) => t.is(formatNumber(value), text));
}

test('values have a median and a range, in a unit that fits', (t) => {
  t.is(formatValues([300, 310, 298], 'ms'), '300 ms (298–310)');
  t.is(formatValues([1500, 1400, 1600], 'ms'), '1.50 s (1.40–1.60)');
  t.is(formatValues([7], 'MB'), '7.00 MB');
  t.is(formatValues([], 'MB'), '–');
});

test('a reach is written with its unit', (t) => {
  t.is(formatReach({ of: 'value', sense: 'at most', limit: 2000 }, 'ms'), '≤ 2 s');
  t.is(formatReach({ of: 'value', sense: 'at least', limit: 2000 }, 'a second'), '≥ 2,000 a second');
  t.is(formatReach({ of: 'ratio', sense: 'at most', limit: 1.25 }, 'ms'), '≤ 1.25 ×');
});

test('a row tells whether its reach was met, and why it has no values', (t) => {
  const row: Row = {
    what: 'up',
    unit: 'ms',
    values: [150],
    beside: { what: 'raw', values: [100] },
    reach: { of: 'ratio', sense: 'at most', limit: 1 },
  };
  t.deepEqual(rowCells(row), ['up', '150 ms', 'raw: 100 ms', '1.50 ×', '≤ 1 ×', 'no']);
  t.deepEqual(rowCells({ what: 'x', unit: 'ms', values: [], note: 'not installed' }).slice(1), [
    'not installed',
    '',
    '',
    '',
    '',
  ]);
});

test('tables', (t) => {
  const line = ['`a`', 'b', '', '', '', 'yes'];
  t.is(textTable([line]), 'what  svclab  beside  ratio  reach  met\na     b                             yes');
  t.is(markdownTable([line]).split('\n')[2], '| `a` | b |  |  |  | yes |');
});
