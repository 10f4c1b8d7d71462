import { existsSync } from 'node:fs';
import test from 'ava';
import { LabError } from '../errors.ts';
import { findTool, requireTool, type ToolName } from './tools.ts';

test('a tool is found by its absolute path, whatever PATH says', (t) => {
  const path = findTool('sh');
  t.true(path?.startsWith('/') === true && existsSync(path));
  t.is(requireTool('sh'), path ?? '');
  t.regex(path ?? '', /^\/(usr\/)?bin\/sh$/);
});

test('a tool that is not there is a missing-tool error that names the package', (t) => {
  const absent = 'no-such-tool' as ToolName;
  t.is(findTool(absent), undefined);
  const error = t.throws(() => requireTool(absent), { instanceOf: LabError });
  t.is(error?.code, 'missing-tool');
  t.is(error?.exitStatus, 3);
  t.regex(error?.hint ?? '', /apt-get install/);
});
