import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { execa } from 'execa';
import { requireTool } from '../src/kernel/tools.ts';
import { type RunningLab, startLab, until } from './testing/lab.ts';
import { busyboxOn, labOf, serverOn } from './testing/manifests.ts';
import { type Scratch, withScratch } from './testing/scratch.ts';

/** Words that do something when a shell gets to see them: `touch` of a file that is looked for afterwards. */
function poisons(mark: string): readonly string[] {
  return [
    `$(touch ${mark})`,
    `\`touch ${mark}\``,
    `; touch ${mark} ;`,
    `' ; touch ${mark} ; '`,
    `" ; touch ${mark} ; "`,
    `\ntouch ${mark}\n`,
    `| touch ${mark}`,
    `&& touch ${mark}`,
    '-rf',
    '--help',
    '../../../../etc/passwd',
    '\u0000',
    `END\ntouch ${mark}\n'END'`,
    '*',
    '%s%n',
    'ü\u202E𝕏',
  ];
}

/** What the poisons would have made, here or in the lab. */
async function poisoned(scratch: Scratch, lab: RunningLab, mark: string): Promise<boolean> {
  if (existsSync(mark) || readdirSync(scratch.directory).includes('mark')) return true;
  return (await lab.svclab('exec', 'node1', '--', 'test', '-e', mark)).exitCode === 0;
}

test('the socket is for its owner alone', async (t) => {
  await withScratch(t, async (scratch) => {
    const before = { umask: process.umask(0) };
    try {
      const lab = await startLab(scratch, [labOf('node1')]);
      const directory = join(scratch.runDirectory, lab.name);
      const mode = (path: string) => (lstatSync(path).mode & 0o777).toString(8);
      t.is(mode(directory), '700');
      t.is(mode(join(directory, 'api.sock')), '600');
      t.is(mode(join(directory, 'controller.log')), '600');
      t.true(lstatSync(join(directory, 'api.sock')).isSocket());
      t.is(lstatSync(directory).uid, userInfo().uid);
    } finally {
      process.umask(before.umask);
    }
  });
});

test('another user can neither connect nor enter', async (t) => {
  if (process.getuid?.() !== 0) return t.pass('only root can become another user');
  await withScratch(t, async (scratch) => {
    const lab = await startLab(scratch, [labOf('node1')]);
    await execa(requireTool('sh'), ['-c', 'chmod 755 "$1" "$2"', 'sh', scratch.directory, scratch.runDirectory]);
    const nobody = [requireTool('setpriv'), '--reuid=65534', '--regid=65534', '--clear-groups', '--'];
    for (const args of [['status'], ['down'], ['exec', 'node1', '--', 'true'], ['get', 'pods']]) {
      const [command = '', ...rest] = args;
      const result = await scratch.run([command, '--lab', lab.name, ...rest], { before: nobody });
      t.true([2, 3].includes(result.exitCode), `${command}: ${result.exitCode}`);
      t.regex(result.stderr, /^error\[(permission-denied|no-such-lab)\]/m);
    }
    const { pid } = await lab.status();
    const enter = [requireTool('nsenter'), '--target', String(pid), '--net', 'true'];
    const { exitCode } = await execa(nobody[0] ?? '', [...nobody.slice(1), ...enter], { reject: false });
    t.not(exitCode, 0);
    t.true((await lab.status()).ready);
  });
});

test('names of labs, targets and objects never reach a shell', async (t) => {
  await withScratch(t, async (scratch) => {
    const mark = join(scratch.directory, 'mark');
    const lab = await startLab(scratch, [labOf('node1'), busyboxOn('node1')]);
    for (const poison of [0, 1, 2, 5, 8, 9, 10].map((i) => poisons(mark)[i] ?? '')) {
      for (const args of [
        ['up', `--name=${poison}`],
        ['status', `--lab=${poison}`],
        ['exec', '--lab', 'x', poison, '--', 'true'],
        ['exec', '--lab', 'x', `pod/${poison}`, '--', 'true'],
        ['get', '--lab', 'x', 'pods', poison],
        ['get', '--lab', 'x', poison],
        ['explain', '--lab', 'x', poison, poison],
        ['curl', '--lab', 'x', 'node1', `http://${poison}/`],
        ['sync', '--lab', 'x', poison],
        ['rules', '--lab', 'x', poison],
        ['apply', '--lab', 'x', '-f', poison],
      ]) {
        const { exitCode, stderr } = await scratch.svclab(...args);
        const help = poison === '--help' && exitCode === 0;
        t.true(help || exitCode === 2, `${JSON.stringify(args)}: ${exitCode} ${stderr}`);
        t.notRegex(stderr, /error\[internal\]/, JSON.stringify(args));
      }
    }
    t.false(await poisoned(scratch, lab, mark));
    t.true((await lab.status()).ready);
  });
});

test('names in manifests are refused when they are none', async (t) => {
  await withScratch(t, async (scratch) => {
    const mark = join(scratch.directory, 'mark');
    const lab = await startLab(scratch, [labOf('node1')]);
    const container = { name: 'web', image: 'nginx' };
    const pod = { apiVersion: 'v1', kind: 'Pod' };
    const svclabLab = { apiVersion: 'svclab.dev/v1', kind: 'Lab', metadata: { name: 'l' } };
    const places: readonly ((word: string) => object)[] = [
      (name) => ({ ...pod, metadata: { name }, spec: { containers: [container] } }),
      (name) => ({ apiVersion: 'v1', kind: 'Node', metadata: { name } }),
      (name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }),
      (name) => ({ apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: { ports: [{ port: 80 }] } }),
      (namespace) => ({ ...pod, metadata: { name: 'p', namespace }, spec: { containers: [container] } }),
      (name) => ({ ...pod, metadata: { name: 'p' }, spec: { containers: [{ ...container, name }] } }),
      (hostname) => ({ ...pod, metadata: { name: 'p' }, spec: { hostname, containers: [container] } }),
      (label) => ({ ...pod, metadata: { name: 'p', labels: { [label]: 'a' } }, spec: { containers: [container] } }),
      (label) => ({ ...pod, metadata: { name: 'p', labels: { a: label } }, spec: { containers: [container] } }),
      (name) => ({ ...svclabLab, spec: { nodes: [{ name }] } }),
      (name) => ({ ...svclabLab, spec: { clients: [{ name, ip: '203.0.113.9' }] } }),
      (bridge) => ({ ...svclabLab, spec: { bridge } }),
    ];
    for (const place of places) {
      for (const words of [poisons(mark), ['$(reboot)']]) {
        const items = words.map(place);
        const text = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
        const { exitCode, stderr } = await lab.svclab('apply', '-f', scratch.file(text, 'poison.json'));
        t.is(exitCode, 2, `${text}: ${stderr}`);
        t.true((stderr.match(/^error\[/gm)?.length ?? 0) >= Math.min(items.length, 10), `${text}: ${stderr}`);
        t.notRegex(stderr, /error\[internal\]/);
      }
    }
    t.false(await poisoned(scratch, lab, mark));
  });
});

test('values in manifests stay values: annotations, images, environment, commands', async (t) => {
  await withScratch(t, async (scratch) => {
    const mark = join(scratch.directory, 'mark');
    const lab = await startLab(scratch, [labOf('node1'), serverOn('node1', 'web')]);
    const words = poisons(mark).filter((word) => !word.includes('\0'));
    const script = 'printf "%s" "$1" > "$3/argument-$2"; printf "%s" "$WORD" > "$3/variable-$2"; exec sleep 100000';
    const pods = words.map((word, i) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: `poison-${i}`, annotations: { 'example.com/note': word } },
      spec: {
        nodeName: 'node1',
        containers: [
          {
            name: 'args',
            image: 'busybox',
            command: ['sh', '-c', script],
            args: ['sh', word, String(i), scratch.directory],
            env: [{ name: 'WORD', value: word }],
          },
          { name: 'image', image: `nginx:${word.trim()}`, ports: [{ containerPort: 8000 }] },
        ],
      },
    }));
    const service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'noted', annotations: { 'example.com/note': words.join(' ') } },
      spec: { selector: { server: 'web' }, ports: [{ name: 'http', port: 80 }] },
    };
    const list = { apiVersion: 'v1', kind: 'List', items: [...pods, service] };
    const { exitCode, stderr } = await lab.svclab('apply', '-f', scratch.file(JSON.stringify(list), 'values.json'));
    t.is(exitCode, 0, stderr);
    t.true(await until(async () => (await lab.status()).ready));
    for (const [i, word] of words.entries()) {
      t.is(readFileSync(join(scratch.directory, `argument-${i}`), 'utf8'), word);
      t.is(readFileSync(join(scratch.directory, `variable-${i}`), 'utf8'), word);
    }
    for (const form of ['yaml', 'json', 'wide']) t.is((await lab.svclab('get', 'pods', '-o', form)).exitCode, 0);
    t.is((await lab.verify('--to', 'svc/noted', '--from', 'node1')).disagreed, 0);
    t.false(await poisoned(scratch, lab, mark));
  });
});
