import test from 'ava';
import { paintWith, wantsColour } from './colour.ts';

const cases: readonly (readonly [string, Parameters<typeof wantsColour>[0], boolean])[] = [
  ['a terminal', { isTTY: true, disabled: false, env: { TERM: 'xterm' } }, true],
  ['a pipe', { isTTY: false, disabled: false, env: {} }, false],
  ['a dumb terminal', { isTTY: true, disabled: false, env: { TERM: 'dumb' } }, false],
  ['NO_COLOR', { isTTY: true, disabled: false, env: { NO_COLOR: '1' } }, false],
  ['an empty NO_COLOR', { isTTY: true, disabled: false, env: { NO_COLOR: '' } }, true],
  ['--no-color over FORCE_COLOR', { isTTY: true, disabled: true, env: { FORCE_COLOR: '1' } }, false],
  ['FORCE_COLOR in a pipe', { isTTY: false, disabled: false, env: { FORCE_COLOR: '1' } }, true],
];
for (const [name, options, colour] of cases) {
  test(`${name}: ${colour ? 'colour' : 'plain'}`, (t) => t.is(wantsColour(options), colour));
}

test('paint', (t) => {
  t.is(paintWith(true).red('x'), '\u001b[31mx\u001b[39m');
  t.is(paintWith(false).red('x'), 'x');
});
