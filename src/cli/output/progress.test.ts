import test from 'ava';
import { startProgress } from './progress.ts';

function recorder(isTTY: boolean) {
  const written: string[] = [];
  let time = 0;
  const stream = { isTTY, columns: 20, write: (text: string) => written.push(text) };
  const progress = startProgress(stream, () => time);
  const at = (milliseconds: number, text: string) => {
    time = milliseconds;
    progress.update(text);
  };
  return { written, at, stop: progress.stop };
}

test('nothing is shown within the first second', (t) => {
  const { written, at, stop } = recorder(true);
  at(0, 'one');
  at(999, 'two');
  stop();
  t.deepEqual(written, []);
});

test('a terminal has one line that is written over, cut to its width, and taken away', (t) => {
  const { written, at, stop } = recorder(true);
  at(1000, 'one');
  at(1001, 'a text that is longer than the terminal');
  stop();
  t.deepEqual(written, ['\r\u001b[Kone', '\r\u001b[Ka text that is long', '\r\u001b[K']);
});

test('elsewhere there is a plain line every two seconds at most', (t) => {
  const { written, at, stop } = recorder(false);
  at(1000, 'one');
  at(2000, 'two');
  at(3000, 'three');
  at(5500, 'three');
  stop();
  t.deepEqual(written, ['one\n', 'three\n']);
});
