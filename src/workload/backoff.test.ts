import test from 'ava';
import { restartDelay } from './backoff.ts';

test('restarts at once, then after 10 s, doubling up to 300 s', (t) => {
  const delays: number[] = [];
  let last: number | undefined;
  for (let i = 0; i < 9; i++) {
    last = restartDelay(last, 1000);
    delays.push(last / 1000);
  }
  t.deepEqual(delays, [0, 10, 20, 40, 80, 160, 300, 300, 300]);
});

test('begins anew after a run of 10 minutes', (t) => {
  t.is(restartDelay(300_000, 600_000), 0);
  t.is(restartDelay(300_000, 599_999), 300_000);
});
