import test from 'ava';
import { tableLimit } from './context.ts';

test('tables are cut for terminals only, and never narrower than 100 columns', (t) => {
  t.is(tableLimit({ isTTY: false, columns: 80 }), Number.POSITIVE_INFINITY);
  t.is(tableLimit({ isTTY: true, columns: 80 }), 100);
  t.is(tableLimit({ isTTY: true, columns: 173 }), 173);
});
