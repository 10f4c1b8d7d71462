import test from 'ava';
import { drawCurve, ticks } from './drawing.ts';

test('the ticks of an axis enclose the range', (t) => {
  t.deepEqual(ticks(12, 480), [10, 20, 50, 100, 200, 500]);
  t.deepEqual(ticks(10, 20), [10, 20]);
  t.deepEqual(ticks(0.3, 1.5), [0.2, 0.5, 1, 2]);
});

test('every line is drawn with its points and its name', (t) => {
  const svg = drawCurve({
    name: 'c',
    title: 'a < b',
    x: 'N',
    y: 'µs',
    lines: [
      {
        name: 'iptables',
        points: [
          [100, 10],
          [1000, 100],
        ],
      },
      {
        name: 'nftables',
        points: [
          [100, 10],
          [1000, 11],
        ],
      },
    ],
  });
  t.regex(svg, /^<svg xmlns/);
  t.true(svg.includes('a &lt; b'));
  t.is(svg.match(/<circle/g)?.length, 4);
  t.is(svg.match(/class="line line/g)?.length, 2);
  t.true(svg.includes('prefers-color-scheme: dark'));
  t.false(/NaN|undefined/.test(svg));
});
