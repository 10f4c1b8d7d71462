import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test from 'ava';
import { execa } from 'execa';
import { buildInto } from './build.ts';

const root = dirname(import.meta.dirname);

test('what is built runs without the sources, and tells whose code is in it', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'svclab-build-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  copyFileSync(join(root, 'package.json'), join(folder, 'package.json'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  await buildInto(join(folder, 'dist'));
  const svclab = (...args: string[]) => execa(process.execPath, [join(folder, 'dist/cli/main.js'), ...args]);
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  t.is((await svclab('--version')).stdout, version);
  t.regex((await svclab('plan', '-f', join(root, 'lab/quickstart'))).stdout, /ip netns add node1/);
  t.regex(readFileSync(join(folder, 'dist/LICENSES.txt'), 'utf8'), /\nzod\n\nMIT License\n/);
  for (const file of ['controller/supervise.sh', 'kernel/enter.sh', 'kernel/wait.sh', 'workload/helper/main.js']) {
    t.true(existsSync(join(folder, 'dist', file)), file);
  }
});
