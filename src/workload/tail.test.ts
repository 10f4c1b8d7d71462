import test from 'ava';
import { createTail } from './tail.ts';

test('keeps the last bytes only', (t) => {
  const tail = createTail(10);
  for (let i = 0; i < 100; i++) tail.add(Buffer.from(`${i % 10}`));
  t.is(tail.text(), '0123456789');
  tail.add(Buffer.from('abc'));
  t.is(tail.text(), '3456789abc');
});

test('does not begin in the middle of a character', (t) => {
  const tail = createTail(3);
  tail.add(Buffer.from('äöü'));
  t.is(tail.text(), 'ü');
});
