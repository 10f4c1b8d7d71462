import test from 'ava';
import { isMet, median, ratios, summarize } from './statistics.ts';
import type { Row } from './types.ts';

const row: Row = { what: 'x', unit: 'ms', values: [30, 10, 20], beside: { what: 'y', values: [10, 10, 10] } };

test('the median is the middle, or between the two in the middle', (t) => {
  t.is(median([3, 1, 2]), 2);
  t.is(median([4, 1, 3, 2]), 2.5);
  t.is(median([10, 9, 100]), 10);
  t.deepEqual(summarize([3, 1, 2]), { median: 2, min: 1, max: 3 });
  t.is(summarize([]), undefined);
});

test('ratios are taken round by round', (t) => {
  t.deepEqual(ratios(row), [3, 1, 2]);
  t.deepEqual(ratios({ ...row, values: [30] }), [3]);
});

test('a reach is met by the median of the value or of the ratio', (t) => {
  t.is(isMet(row), undefined);
  t.true(isMet({ ...row, reach: { of: 'value', sense: 'at most', limit: 20 } }));
  t.false(isMet({ ...row, reach: { of: 'value', sense: 'at most', limit: 19 } }));
  t.true(isMet({ ...row, reach: { of: 'ratio', sense: 'at most', limit: 2 } }));
  t.false(isMet({ ...row, reach: { of: 'ratio', sense: 'at least', limit: 2.1 } }));
  t.is(isMet({ ...row, values: [], reach: { of: 'value', sense: 'at most', limit: 1 } }), undefined);
});
