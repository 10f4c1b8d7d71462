import test from 'ava';
import { displayWidth, truncate } from './width.ts';

const widths: readonly (readonly [text: string, width: number])[] = [
  ['', 0],
  ['node1', 5],
  ['→ … é', 5],
  ['\u001b[31mred\u001b[39m', 3],
  ['日本', 4],
  ['e\u0301', 1],
  ['🚀', 2],
];
for (const [text, width] of widths) {
  test(`${JSON.stringify(text)} takes ${width} columns`, (t) => t.is(displayWidth(text), width));
}

test('short text is not cut', (t) => t.is(truncate('node1', 5), 'node1'));
test('long text ends in an ellipsis and fits', (t) => t.is(truncate('controlplane', 5), 'cont…'));
test('a wide character that does not fit is left out', (t) => t.is(truncate('日本語', 4), '日…'));
