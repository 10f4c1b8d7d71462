import test from 'ava';
import { LabError } from '../../errors.ts';
import { formatMilliseconds, parseDuration } from './duration.ts';

const durations: readonly (readonly [text: string, milliseconds: number])[] = [
  ['60s', 60_000],
  ['1m30s', 90_000],
  ['500ms', 500],
  ['1.5h', 5_400_000],
  ['2', 2000],
];
for (const [text, milliseconds] of durations) {
  test(`${text} is ${milliseconds} ms`, (t) => t.is(parseDuration(text), milliseconds));
}

for (const text of ['', 's', '5x', '-1s', '1m 30s', '1s1']) {
  test(`"${text}" is no duration`, (t) => {
    t.is(t.throws(() => parseDuration(text), { instanceOf: LabError })?.code, 'usage');
  });
}

const shown: readonly (readonly [milliseconds: number, text: string])[] = [
  [0.12, '0.1 ms'],
  [9.94, '9.9 ms'],
  [412.4, '412 ms'],
  [1240, '1.24 s'],
];
for (const [milliseconds, text] of shown) {
  test(`${milliseconds} is shown as ${text}`, (t) => t.is(formatMilliseconds(milliseconds), text));
}
