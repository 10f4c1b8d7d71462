import test from 'ava';
import fc from 'fast-check';
import { formatTable } from './table.ts';
import { displayWidth } from './width.ts';

test('columns are aligned, three blanks apart, without blanks at the end', (t) => {
  const lines = formatTable(
    [{ title: 'NAME' }, { title: 'PODS', align: 'right' }, { title: 'AGE' }],
    [
      ['node1', '3', '5m'],
      ['日本', '12', ''],
    ],
  );
  t.deepEqual(lines, ['NAME    PODS   AGE', 'node1      3   5m', '日本      12']);
});

test('without header only the rows are printed', (t) => {
  t.deepEqual(formatTable([{ title: 'NAME' }], [['a']], { header: false }), ['a']);
});

test('only shrinkable columns are cut, the widest first', (t) => {
  const columns = [{ title: 'NAME', shrink: true }, { title: 'ADDRESS' }];
  const lines = formatTable(columns, [['a-very-long-name-of-a-node', '192.168.56.11']], { limit: 28 });
  t.deepEqual(lines, ['NAME           ADDRESS', 'a-very-long…   192.168.56.11']);
});

test('no line of a table is longer than its limit when there is enough to cut', (t) => {
  const cell = fc.string({ unit: 'grapheme', maxLength: 60 }).map((text) => text.replace(/\s/g, '_'));
  const property = fc.property(
    fc.array(fc.tuple(cell, cell), { maxLength: 5 }),
    fc.integer({ min: 25, max: 100 }),
    (rows, limit) => {
      const columns = [
        { title: 'A', shrink: true },
        { title: 'B', shrink: true },
      ];
      return formatTable(columns, rows, { limit }).every((line) => displayWidth(line) <= limit);
    },
  );
  t.notThrows(() => fc.assert(property));
});
