import test from 'ava';
import { filesOf, select, suiteNames } from './suites.ts';

const files = [
  'src/errors.test.ts',
  'src/flannel/golden.test.ts',
  'src/proxy/rules.golden.test.ts',
  'scenarios/damage.kernel.test.ts',
  'scenarios/smoke.rootless.kernel.test.ts',
];

test('every file belongs to one suite, and rootless files run twice', (t) => {
  t.deepEqual(filesOf('unit', files, []), ['src/errors.test.ts']);
  t.deepEqual(filesOf('golden', files, []), files.slice(1, 3));
  t.deepEqual(filesOf('kernel', files, []), files.slice(3));
  t.deepEqual(filesOf('rootless', files, []), files.slice(4));
});

test('a path chooses the files that contain it', (t) => {
  t.deepEqual(filesOf('kernel', files, ['damage']), ['scenarios/damage.kernel.test.ts']);
  t.deepEqual(filesOf('kernel', files, ['src/']), []);
});

test('without arguments everything is selected', (t) => {
  t.deepEqual(select([], []), { suites: suiteNames, paths: [] });
});

test('suites run in their own order; a path leaves type check and lint out unless they are asked for', (t) => {
  t.deepEqual(select(['lint', 'types'], [])?.suites, ['types', 'lint']);
  t.deepEqual(select([], ['./src/x.test.ts']), { suites: suiteNames.slice(2), paths: ['src/x.test.ts'] });
  t.is(select(['everything'], []), undefined);
});
