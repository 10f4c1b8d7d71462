import test from 'ava';
import { LabError } from '../../errors.ts';
import { paintWith } from './colour.ts';
import { formatError } from './errors.ts';

const plain = { debug: false, paint: paintWith(false) };

test('message, place and hint have a line each', (t) => {
  const error = new LabError('unknown-field', 'unknown field "prot"', {
    place: { file: 'a.yaml', line: 3, column: 7 },
    hint: 'Did you mean port?',
  });
  t.deepEqual(formatError(error, plain), [
    'error[unknown-field]: unknown field "prot"',
    '  at a.yaml:3:7',
    '  hint: Did you mean port?',
  ]);
});

test('a place without line is the file alone', (t) => {
  const error = new LabError('invalid-yaml', 'not UTF-8', { place: { file: 'a.yaml' } });
  t.deepEqual(formatError(error, plain), ['error[invalid-yaml]: not UTF-8', '  at a.yaml']);
});

test('several faults are listed, then summed up', (t) => {
  const all = [new LabError('invalid-object', 'one'), new LabError('unknown-field', 'two')];
  const lines = formatError(new LabError('invalid-object', '2 faults', { all }), plain);
  t.deepEqual(lines, ['error[invalid-object]: one', 'error[unknown-field]: two', '2 faults']);
});

test('one fault in a sum is shown once', (t) => {
  const all = [new LabError('invalid-object', 'one')];
  t.deepEqual(formatError(new LabError('invalid-object', '1 fault', { all }), plain), ['error[invalid-object]: one']);
});

test('stacks only with debug, with those of the causes', (t) => {
  const error = new LabError('internal', 'outer', { cause: new TypeError('inner') });
  t.false(formatError(error, plain).join('\n').includes('errors.test.ts'));
  const text = formatError(error, { ...plain, debug: true }).join('\n');
  t.true(text.includes('TypeError: inner') && text.includes('errors.test.ts'));
});

test('what a message quotes cannot change colours or fill the screen', (t) => {
  const [quoted] = formatError(new LabError('usage', '"a\u001b[31m\u0007b\u009b" is no name'), plain);
  t.is(quoted, 'error[usage]: "a\\x1b[31m\\x07b\\x9b" is no name');
  const [long = ''] = formatError(new LabError('usage', `"${'a'.repeat(100_000)}" is too long`), plain);
  t.true(long.length < 2100 && long.endsWith('a" is too long') && long.includes('a … a'));
});
