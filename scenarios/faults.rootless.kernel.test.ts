import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { requireTool } from '../src/kernel/tools.ts';
import { quickstart, type RunningLab, startLab, until } from './testing/lab.ts';
import { busyboxOn, labOf, serverOn } from './testing/manifests.ts';
import { assertNothingLeft, start } from './testing/nothing-left.ts';
import { childrenOf, companionsOf, kill, nameOf, processesNaming } from './testing/processes.ts';
import { type CommandResult, type Scratch, withScratch } from './testing/scratch.ts';

/** Error texts are one or two lines, with a code, and no stack. */
function isPlainError(t: ExecutionContext, { stderr }: CommandResult, code: string): void {
  t.regex(stderr, new RegExp(`^error\\[${code}\\]: .+`, 'm'));
  t.notRegex(stderr, /\n {4}at /);
  t.true(stderr.trimEnd().split('\n').length <= 3, stderr);
}

/** What puts a command into a mount namespace (as an ordinary user: and a user namespace) in which a script ran first. */
function after(script: string, ...args: readonly string[]): string[] {
  const user = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];
  const shell = [requireTool('sh'), '-c', `set -e; ${script}; shift $0; exec "$@"`, String(args.length), ...args];
  return [requireTool('unshare'), ...user, '--mount', '--', ...shell];
}

async function nothingCameUp(t: ExecutionContext, scratch: Scratch): Promise<void> {
  t.true(await until(() => processesNaming(`${scratch.runDirectory}/`).length === 0));
  t.is((await scratch.svclab('list', '-o', 'json')).stdout.trim(), '[]');
}

for (const tool of ['iptables-legacy-restore', 'iptables-legacy-save'] as const) {
  test.serial(`a broken ${tool}: exit 3 with its own last words, and nothing is left`, async (t) => {
    await withScratch(t, async (scratch) => {
      const broken = scratch.file('#!/bin/sh\necho "this tool is broken" >&2\nexit 77\n', 'broken');
      const bind = 'chmod 755 "$1"; mount --bind "$1" "$2"';
      const path = requireTool(tool);
      const before = after(bind, broken, path);
      const result = await scratch.run(['up', '--timeout', '3s', '-f', quickstart], { before });
      t.is(result.exitCode, 3, result.stdout);
      t.regex(result.stderr, /this tool is broken/);
      const error = result.stderr.replace(/^(?:waiting for .*\n)*/, '');
      t.regex(error, /^error\[[a-z-]+\]: .+\n {2}hint: .+\n$/);
      await nothingCameUp(t, scratch);
    });
  });
}

test.serial('a missing tool is named, with the package that has it', async (t) => {
  await withScratch(t, async (scratch) => {
    const empty = scratch.file('', 'not-a-program');
    const hide =
      'for tool in /usr/bin/unshare /bin/unshare; do if [ -e "$tool" ]; then mount --bind "$1" "$tool"; fi; done';
    const result = await scratch.run(['up'], { before: after(hide, empty) });
    t.is(result.exitCode, 3);
    isPlainError(t, result, 'missing-tool');
    t.regex(
      result.stderr,
      /the program unshare is not installed\n {2}hint: Install it with: apt-get install util-linux/,
    );
    await nothingCameUp(t, scratch);
  });
});

test.serial('a full disk below the run directory', async (t) => {
  await withScratch(t, async (scratch) => {
    const full =
      'mount -t tmpfs -o size=4k,nr_inodes=3,mode=700 full "$1"; : > "$1/a"; : > "$1/b" || true; head -c 4096 /dev/zero > "$1/a" 2>/dev/null || true';
    const result = await scratch.run(['up'], { before: after(full, scratch.runDirectory) });
    t.is(result.exitCode, 3, result.stderr);
    isPlainError(t, result, 'environment');
    await nothingCameUp(t, scratch);
  });
});

for (const limit of ['max_net_namespaces', 'max_mnt_namespaces', 'max_pid_namespaces']) {
  test.serial(`no permission for namespaces: ${limit} is 0`, async (t) => {
    await withScratch(t, async (scratch) => {
      const script = `set -e; echo 0 > /proc/sys/user/${limit}; exec "$@"`;
      const before = [requireTool('unshare'), '--user', '--map-root-user', requireTool('sh'), '-c', script, 'sh'];
      const result = await scratch.run(['up'], { before });
      t.is(result.exitCode, 3);
      isPlainError(t, result, 'environment');
      t.regex(result.stderr, /svclab doctor/);
      await nothingCameUp(t, scratch);
    });
  });
}

test.serial('a run directory that cannot be made, and one that others may write to', async (t) => {
  await withScratch(t, async (scratch) => {
    const below = `${scratch.file('')}/run`;
    for (const command of ['up', 'list', 'status', 'down']) {
      const inFile = await scratch.run([command], { env: { SVCLAB_RUN_DIR: below } });
      t.is(inFile.exitCode, 3, command);
      isPlainError(t, inFile, 'environment');
    }
    const long = await scratch.run(['up'], { env: { SVCLAB_RUN_DIR: `${scratch.directory}/${'x'.repeat(100)}` } });
    t.is(long.exitCode, 2);
    isPlainError(t, long, 'usage');
    const open = await scratch.run(['up'], { env: { SVCLAB_RUN_DIR: '/tmp' } });
    t.is(open.exitCode, 3);
    isPlainError(t, open, 'permission-denied');
  });
});

test.serial('a second up of the same name changes nothing of the first', async (t) => {
  await withScratch(t, async (scratch) => {
    const lab = await startLab(scratch, [labOf('node1')]);
    const { pid } = await lab.status();
    const second = await scratch.svclab('up', '--name', lab.name, '-f', quickstart);
    t.is(second.exitCode, 2);
    isPlainError(t, second, 'lab-exists');
    t.is((await lab.status()).pid, pid);
    const both = await Promise.all(
      [1, 2].map(() => scratch.svclab('up', '--name', 'twin', '-f', scratch.file(labOf('node1')))),
    );
    t.deepEqual(both.map(({ exitCode }) => exitCode).sort(), [0, 2], both.map(({ stderr }) => stderr).join());
    t.true((await scratch.svclab('status', '--lab', 'twin')).stdout.startsWith('lab twin: ready'));
  });
});

test.serial('commands for a lab that does not run', async (t) => {
  await withScratch(t, async (scratch) => {
    for (const args of [
      ['status'],
      ['verify'],
      ['get', 'pods'],
      ['exec', 'node1', '--', 'true'],
      ['curl', 'node1', '1.2.3.4'],
    ]) {
      const result = await scratch.svclab(...args);
      t.is(result.exitCode, 2, args.join(' '));
      isPlainError(t, result, 'no-such-lab');
    }
    const down = await scratch.svclab('down');
    t.is(down.exitCode, 0);
    t.regex(down.stdout, /no lab named "default" is running/);
  });
});

test.serial('the controller killed under a command: the command ends and says so', async (t) => {
  await withScratch(t, async (scratch) => {
    for (const args of [
      ['curl', 'pod/busybox', 'svc/web:80', '-n', '100000'],
      ['exec', 'node1', '--', 'sleep', '1000'],
    ]) {
      const lab = await startLab(scratch, [labOf('node1'), busyboxOn('node1'), serverOn('node1', 'web')]);
      const { pid } = await lab.status();
      const processes = companionsOf(pid);
      const [command = '', ...rest] = args;
      const running = start(scratch, command, '--lab', lab.name, ...rest);
      await sleep(500);
      kill(pid);
      const { exitCode, stderr } = await running.ended;
      if (command === 'curl') {
        t.is(exitCode, 3);
        t.regex(stderr, /^error\[lab-died\]: .+/m);
        t.notRegex(stderr, /\n {4}at /);
      } else t.is(exitCode, 137, `SIGKILL, as the program in the lab: ${stderr}`);
      await assertNothingLeft(t, scratch, processes, command);
    }
  });
});

test.serial('the helper killed again and again: servers come back, the lab goes on', async (t) => {
  await withScratch(t, async (scratch) => {
    const lab = await startLab(scratch, [labOf('node1'), busyboxOn('node1'), serverOn('node1', 'web')]);
    const { pid } = await lab.status();
    const helpers = () => childrenOf(pid).filter((child) => nameOf(child) === 'svclab-helper');
    for (let i = 0; i < 3; i++) {
      t.true(await until(() => helpers().length === 1));
      const [helper] = helpers();
      for (const one of helpers()) kill(one);
      t.true(await until(() => helpers().length === 1 && helpers()[0] !== helper));
    }
    t.true(await until(async () => (await lab.status()).ready));
    t.true(await until(async () => (await lab.verify('--from', 'pod/busybox', '--to', 'svc/web')).disagreed === 0));
    t.is((await lab.status()).pid, pid);
  });
});

/** Sends bytes to the lab's socket and gives what comes back until it closes, or for so long. */
function speak(lab: RunningLab, bytes: string | Buffer, milliseconds = 2000): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(`${lab.scratch.runDirectory}/${lab.name}/api.sock`);
    let answer = '';
    const end = () => {
      socket.destroy();
      resolve(answer);
    };
    socket.on('data', (chunk) => {
      answer += chunk.toString();
    });
    socket.on('error', end);
    socket.on('close', end);
    socket.setTimeout(milliseconds, end);
    socket.write(bytes);
  });
}

function request(method: string, path: string, body = ''): string {
  const head = `${method} ${path} HTTP/1.1\r\nHost: lab\r\nConnection: close\r\nContent-Type: application/json\r\n`;
  return `${head}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

test.serial('what is no request of the API gets an error, and the lab goes on', async (t) => {
  await withScratch(t, async (scratch) => {
    const lab = await startLab(scratch, [labOf('node1'), busyboxOn('node1')]);
    const { pid } = await lab.status();
    for (const nonsense of [
      '\r\n\r\n',
      'nonsense\r\n\r\n',
      '\u0000\u0001\u0002',
      'GET / HTTP/9.9\r\n\r\n',
      Buffer.alloc(100_000, 'A'),
    ]) {
      const answer = await speak(lab, nonsense);
      t.true(answer === '' || answer.startsWith('HTTP/1.1 4'), answer.slice(0, 100));
    }
    for (const [method, path, body, status] of [
      ['POST', '/lab/v1/apply', '{', 400],
      ['POST', '/lab/v1/apply', 'null', 400],
      ['POST', '/lab/v1/apply', '[]', 400],
      ['POST', '/lab/v1/apply', '{"objects":7}', 400],
      ['POST', '/lab/v1/apply', '{"objects":[null,1,"a",{}]}', '4..'],
      ['POST', '/lab/v1/delete', '{"objects":[{}]}', '4..'],
      ['POST', '/lab/v1/curl', '{"from":1,"to":{}}', 400],
      ['POST', '/lab/v1/curl', '{}', 400],
      ['POST', '/lab/v1/explain', '"x"', 400],
      ['POST', '/lab/v1/verify', '{"from":[]}', 400],
      ['POST', '/lab/v1/sync', '{"node":["node1"]}', '4..'],
      ['POST', '/api/v1/namespaces/default/pods', 'not json', 400],
      ['PUT', '/api/v1/namespaces/default/pods/busybox', '{"spec":7}', '4..'],
      ['PATCH', '/api/v1/namespaces/default/pods/busybox', '[1]', '4..'],
      ['GET', '/lab/v1/targets/%ff%fe', '', 404],
      ['GET', '/lab/v1/targets/..%2f..%2fetc', '', '4..'],
      ['GET', '/lab/v1/nodes/..%2f..%2fetc/rules', '', 404],
      ['GET', '/lab/v1/ready?timeout=banana', '', '(200|400)'],
      ['GET', '/nowhere', '', 404],
      ['BREW', '/lab/v1/status', '', '4..'],
    ] as const) {
      const answer = await speak(lab, request(method, path, body), 20_000);
      t.regex(answer, new RegExp(`^HTTP/1\\.1 ${status} `), `${method} ${path} ${body}: ${answer.slice(0, 2000)}`);
    }
    t.is((await lab.status()).pid, pid);
    t.is((await lab.verify('--from', 'pod/busybox')).disagreed, 0);
  });
});
