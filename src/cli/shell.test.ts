import test from 'ava';
import { shellFor } from './shell.ts';

const everything = () => true;

test("the user's shell comes first, then bash, then sh", (t) => {
  t.is(shellFor('node1', '/usr/bin/zsh', everything).argv[0], '/usr/bin/zsh');
  t.is(shellFor('node1', undefined, everything).argv[0], '/bin/bash');
  t.is(shellFor('node1', 'bash', everything).argv[0], '/bin/bash');
  t.is(shellFor('node1', '/usr/bin/fish', (path) => path === '/bin/sh').argv[0], '/bin/sh');
});

test('the prompt names the target', (t) => {
  t.true(shellFor('pod/web-0', '/bin/bash', everything).env.PS1?.startsWith('pod/web-0:'));
  t.true(shellFor('pod/web-0', '/bin/sh', everything).env.PS1?.startsWith('pod/web-0:'));
});
