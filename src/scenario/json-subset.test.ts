import test from 'ava';
import { fill } from './fields.ts';
import { contains, parsedJson } from './json-subset.ts';

test('an object may have further fields, a list may not', (t) => {
  t.true(contains({ a: 1, b: { c: 2, d: 3 } }, { b: { c: 2 } }));
  t.true(contains([1, { a: 2, b: 3 }], [1, { a: 2 }]));
  t.false(contains([1, 2], [1]));
  t.false(contains({ a: 1 }, { a: 2 }));
  t.false(contains({ a: 1 }, { b: undefined, c: 1 }));
  t.false(contains(undefined, { a: 1 }));
  t.false(contains('1', 1));
  t.false(contains([], {}));
});

test('what is no JSON has no value', (t) => {
  t.deepEqual(parsedJson('{"a":1}'), { a: 1 });
  t.is(parsedJson('<html>'), undefined);
});

test('$NAME is replaced where it is known, at any depth', (t) => {
  const variables = new Map([['first', 'web-0']]);
  t.deepEqual(fill({ a: ['pod/$first', '!$first'], b: 3, c: '$other $(id) $1', d: null }, variables), {
    a: ['pod/web-0', '!web-0'],
    b: 3,
    c: '$other $(id) $1',
    d: null,
  });
});
