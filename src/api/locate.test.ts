import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { LabError } from '../errors.ts';
import { checkRunDirectory, findLab, isRunning, labLocation, runDirectory, runningLabs } from './locate.ts';
import { makeRunDir, startFakeLab } from './testing/fake-lab.ts';

const directories: readonly (readonly [string, Parameters<typeof runDirectory>, string])[] = [
  ['root', [{}, 0], '/run/svclab'],
  ['a user with a session', [{ XDG_RUNTIME_DIR: '/run/user/1000' }, 1000], '/run/user/1000/svclab'],
  ['a user without', [{ XDG_RUNTIME_DIR: '' }, 1000], '/tmp/svclab-1000'],
  ['a relative SVCLAB_RUN_DIR', [{ SVCLAB_RUN_DIR: 'x' }, 0], join(process.cwd(), 'x')],
  ['SVCLAB_RUN_DIR', [{ SVCLAB_RUN_DIR: '/x', XDG_RUNTIME_DIR: '/y' }, 0], '/x'],
];
for (const [who, [env, uid], expected] of directories) {
  test(`labs of ${who} are in ${expected}`, (t) => t.is(runDirectory(env, uid), expected));
}

for (const name of ['', '..', 'a/b', 'Demo', '-a', 'a-', 'a b', 'x'.repeat(64)]) {
  test(`"${name}" is no name for a lab`, (t) => {
    t.is(t.throws(() => labLocation(name, '/run/svclab'), { instanceOf: LabError })?.code, 'usage');
  });
}

test('a path that is too long for a socket is refused', (t) => {
  t.is(t.throws(() => labLocation('a', `/${'x'.repeat(100)}`), { instanceOf: LabError })?.code, 'usage');
  t.notThrows(() => labLocation('a', `/${'x'.repeat(95)}`));
});

/** Leaves what a controller leaves that was killed: a directory with a socket that nobody listens on. */
function leaveStale(runDir: string, name: string): string {
  const { directory, socket } = labLocation(name, runDir);
  mkdirSync(directory);
  const script = `require('node:net').createServer().listen(${JSON.stringify(socket)}, () => process.kill(process.pid, 'SIGKILL'))`;
  spawnSync(process.execPath, ['-e', script]);
  return directory;
}

test('what a killed lab left is removed, and it does not run', async (t) => {
  const { runDir, remove } = makeRunDir();
  const directory = leaveStale(runDir, 'dead');
  t.true(existsSync(join(directory, 'api.sock')));
  t.false(await isRunning(labLocation('dead', runDir)));
  t.false(existsSync(directory));
  remove();
});

test('a lab that is just starting is left alone; one that never finished starting is not', async (t) => {
  const { runDir, remove } = makeRunDir();
  const lab = labLocation('new', runDir);
  mkdirSync(lab.directory);
  t.false(await isRunning(lab));
  t.true(existsSync(lab.directory));
  t.false(await isRunning(lab, Date.now() + 60_000));
  t.false(existsSync(lab.directory));
  remove();
});

test('finds the lab that is named, else the only one, else default', async (t) => {
  const { runDir, remove } = makeRunDir();
  const nameOf = async (...args: Parameters<typeof findLab>) => (await findLab(...args)).name;
  t.is(await nameOf(undefined, {}, runDir), 'default');
  const one = await startFakeLab(runDir, 'one', () => ({ body: {} }));
  t.is(await nameOf(undefined, {}, runDir), 'one');
  t.is(await nameOf('other', {}, runDir), 'other');
  t.is(await nameOf(undefined, { SVCLAB_LAB: 'env' }, runDir), 'env');
  t.is(await nameOf('other', { SVCLAB_LAB: 'env' }, runDir), 'other');
  leaveStale(runDir, 'dead');
  t.is(await nameOf(undefined, { SVCLAB_LAB: '' }, runDir), 'one');
  const two = await startFakeLab(runDir, 'two', () => ({ body: {} }));
  const error = await t.throwsAsync(findLab(undefined, {}, runDir), { instanceOf: LabError });
  t.is(error?.message, '2 labs run: one, two');
  t.deepEqual(
    (await runningLabs(runDir)).map((lab) => lab.name),
    ['one', 'two'],
  );
  await Promise.all([one.end(), two.end()]);
  remove();
});

test('other files in the run directory are no labs', async (t) => {
  const { runDir, remove } = makeRunDir();
  mkdirSync(join(runDir, 'x'));
  writeFileSync(join(runDir, 'x', 'api.sock'), '');
  writeFileSync(join(runDir, 'file'), '');
  t.deepEqual(await runningLabs(runDir), []);
  t.deepEqual(await runningLabs(join(runDir, 'missing')), []);
  remove();
});

test('a run directory that others can write to is refused', (t) => {
  const { runDir, remove } = makeRunDir();
  t.notThrows(() => checkRunDirectory(runDir));
  t.notThrows(() => checkRunDirectory(join(runDir, 'missing')));
  symlinkSync(runDir, join(runDir, 'link'));
  t.is(t.throws(() => checkRunDirectory(join(runDir, 'link')), { instanceOf: LabError })?.code, 'permission-denied');
  chmodSync(runDir, 0o777);
  t.is(t.throws(() => checkRunDirectory(runDir), { instanceOf: LabError })?.code, 'permission-denied');
  remove();
});

test('a run directory that cannot be, below a file, is refused', (t) => {
  const { runDir, remove } = makeRunDir();
  writeFileSync(join(runDir, 'file'), '');
  const error = t.throws(() => checkRunDirectory(join(runDir, 'file', 'run')), { instanceOf: LabError });
  t.is(error?.code, 'environment');
  remove();
});

test("somebody else's run directory is refused", (t) => {
  const { runDir, remove } = makeRunDir();
  const uid = (process.getuid?.() ?? 0) + 1;
  t.is(t.throws(() => checkRunDirectory(runDir, uid), { instanceOf: LabError })?.code, 'permission-denied');
  remove();
});
