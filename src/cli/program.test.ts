import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import test from 'ava';
import { makeRunDir } from '../api/testing/fake-lab.ts';
import { commands } from './commands/registry.ts';
import { svclab } from './testing/svclab.ts';

const { runDir, remove } = makeRunDir();
test.after.always(remove);

const faults: readonly (readonly [args: readonly string[], message: string, hint: string])[] = [
  [['statsu'], 'unknown command "statsu"', 'Did you mean: svclab status'],
  [['xyzzy'], 'unknown command "xyzzy"', 'See: svclab --help'],
  [['status', '--lba', 'x'], "unknown option '--lba'", 'Did you mean --lab?'],
  [['--frobnicate'], "unknown option '--frobnicate'", 'See: svclab --help'],
  [['explain', 'node1'], "missing required argument 'to'", 'See: svclab explain --help'],
  [['list', 'x'], "too many arguments for 'list'. Expected 0 arguments but got 1.", 'See: svclab list --help'],
  [['get', 'srevice'], 'there is no kind "srevice"', 'Did you mean service?'],
  [['curl', 'a', 'b', '-n', '0'], '"0" is not a number from 1 to 1000000', ''],
  [['up', '--timeout', 'soon'], '"soon" is not a duration', 'Write it like 60s, 1m30s or 500ms.'],
  [['down', '--lab', '../x'], '"../x" is not a name for a lab', ''],
  [['delete'], 'delete wants either -f FILE or KIND NAME', 'See: svclab delete --help'],
  [['scale', 'service/web', '--replicas', '2'], 'a Service has no replicas', ''],
  [['dns', 'serve'], "required option '-f, --file <path>' not specified", 'See: svclab dns serve --help'],
  [['capture', 'node1', '-c', '0'], '"0" is not a number from 1 to 1000000', ''],
];
for (const [args, message, hint] of faults) {
  test(`svclab ${args.join(' ')} is a fault of usage`, async (t) => {
    const { status, stdout, stderr } = await svclab(runDir, args);
    t.deepEqual([status, stdout], [2, '']);
    const [first, second = ''] = stderr.split('\n');
    t.is(first, `error[usage]: ${message}`);
    t.true(second.startsWith(hint === '' ? '' : `  hint: ${hint}`), second);
  });
}

test('no lab: commands that need one say how to start it; down and list are content', async (t) => {
  const status = await svclab(runDir, ['status']);
  t.is(status.status, 2);
  t.true(
    status.stderr.startsWith('error[no-such-lab]: no lab named "default" is running\n  hint: Start it with: svclab up'),
  );
  t.like(await svclab(runDir, ['down', '--lab', 'x']), { status: 0, stdout: 'no lab named "x" is running\n' });
  t.like(await svclab(runDir, ['list', '-o', 'json']), { status: 0, stdout: '[]\n' });
});

test('every command has help with a description and examples, within 100 columns', async (t) => {
  for (const { name } of commands) {
    const { status, stdout, stderr } = await svclab(runDir, ['help', name]);
    t.deepEqual([status, stderr], [0, ''], name);
    t.true(stdout.startsWith(`Usage: svclab ${name}`), name);
    t.regex(stdout, /Examples:\n.*svclab.* {2}# /, name);
    t.deepEqual(
      stdout.split('\n').filter((line) => line.length > 100),
      [],
      name,
    );
  }
});

test('usage lines have in capitals what a user puts in', async (t) => {
  for (const [command, usage] of [
    ['curl', 'curl [options] FROM URL'],
    ['get', 'get [options] KIND [NAME...]'],
    ['exec', 'exec [options] TARGET [-- COMMAND...]'],
  ] as const) {
    const { stdout } = await svclab(runDir, [command, '--help']);
    t.is(stdout.slice(0, stdout.indexOf('\n')), `Usage: svclab ${usage}`);
  }
});

test('help lists every command', async (t) => {
  const { stdout } = await svclab(runDir, []);
  for (const { name, summary } of commands) t.regex(stdout, new RegExp(`  ${name} +${summary}`));
  t.is((await svclab(runDir, ['--help'])).stdout, stdout);
  t.is((await svclab(runDir, ['help'])).stdout, stdout);
});

test('the version is that of the package', async (t) => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  t.is((await svclab(runDir, ['--version'])).stdout, `${version}\n`);
  t.is(JSON.parse((await svclab(runDir, ['version', '-o', 'json'])).stdout).svclab, version);
});

test('the launcher works through symlinks, from any directory', (t) => {
  const directory = join(runDir, 'links');
  mkdirSync(directory);
  symlinkSync(resolve('bin/svclab'), join(directory, 'one'));
  symlinkSync('one', join(directory, 'two'));
  const { stdout } = spawnSync('two', ['--version'], { cwd: '/', env: { PATH: `${directory}:/usr/bin:/bin` } });
  t.regex(String(stdout), /^\d+\.\d+\.\d+\n$/);
});

test('the launcher says what to do when the packages are missing', (t) => {
  const directory = join(runDir, 'bare');
  mkdirSync(join(directory, 'bin'), { recursive: true });
  const script = readFileSync('bin/svclab', 'utf8');
  const { status, stderr } = spawnSync('/bin/sh', ['-c', script, join(directory, 'bin/svclab')], { cwd: '/' });
  t.is(status, 3);
  t.is(
    String(stderr),
    `error[environment]: the npm packages of svclab are not installed\n  hint: run: cd ${directory} && npm start\n`,
  );
});

for (const home of ['/proc/none', '/nonexistent', '']) {
  test(`the launcher needs no home directory: HOME="${home}"`, (t) => {
    const { status } = spawnSync('bin/svclab', ['--version'], {
      env: { HOME: home, PATH: '/usr/bin:/bin' },
      timeout: 20_000,
    });
    t.is(status, 0);
  });
}

test('a reader that goes away is no error', (t) => {
  const { stderr } = spawnSync('/bin/sh', ['-c', 'bin/svclab help up | head -n 1'], { env: process.env });
  t.is(String(stderr), '');
});

test('a reader that is slow gets everything', (t) => {
  const manifest = Array.from(
    { length: 1000 },
    (_, at) => `{apiVersion: v1, kind: Service, metadata: {name: s${at}}, spec: {ports: [{port: 80}]}}\n---\n`,
  ).join('');
  const slow = ['-c', 'bin/svclab rules -f - | { sleep 0.5; cat; }'];
  const { stdout } = spawnSync('/bin/sh', slow, { input: manifest, encoding: 'utf8' });
  t.true(stdout.length > 65536 && stdout.endsWith('COMMIT\n'), `${stdout.length}`);
});

test('a full disk is told', (t) => {
  const { stderr, status } = spawnSync('/bin/sh', ['-c', 'bin/svclab version > /dev/full'], { encoding: 'utf8' });
  t.regex(stderr, /^error\[environment\]: the output cannot be written\n {2}hint: ENOSPC/);
  t.is(status, 3);
});
