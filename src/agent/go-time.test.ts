import test from 'ava';
import { goDuration, goTime } from './go-time.ts';

test('times as Go prints them', (t) => {
  t.is(goTime(Date.parse('2026-11-21T10:07:31.120Z')), '2026-11-21 10:07:31.12 +0000 UTC');
  t.is(goTime(Date.parse('2026-11-21T10:07:00.000Z')), '2026-11-21 10:07:00 +0000 UTC');
  t.is(goDuration(12_345), 'm=+12.345000000');
  t.is(goDuration(-5), 'm=-0.005000000');
});
