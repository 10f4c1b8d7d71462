import test from 'ava';
import type { LabStatus } from '../src/api/types.ts';
import { busyboxOn, labOf, serverOn } from './testing/manifests.ts';
import { type CommandOptions, type Scratch, withScratch } from './testing/scratch.ts';

/** Brings a lab up and down again, and gives its name. */
async function nameOfLab(scratch: Scratch, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  const up = await scratch.run(['up', ...args, '-o', 'json'], options);
  if (up.exitCode !== 0) throw new Error(up.stderr);
  const { name } = JSON.parse(up.stdout) as LabStatus;
  const down = await scratch.svclab('down');
  if (!down.stdout.includes(`lab "${name}" is down`)) throw new Error(down.stdout);
  return name;
}

test.serial("a lab's name: --name, --lab, $SVCLAB_LAB, the Lab object's, default", async (t) => {
  await withScratch(t, async (scratch) => {
    const yaml = labOf('node1').replace(/name: \S+/, 'name: written');
    const file = scratch.file(yaml);
    t.is(await nameOfLab(scratch, ['-f', file]), 'written');
    t.is(await nameOfLab(scratch, ['-f', '-'], { input: yaml }), 'written');
    const env = { SVCLAB_LAB: 'meant' };
    t.is(await nameOfLab(scratch, ['-f', file], { env }), 'meant');
    t.is(await nameOfLab(scratch, ['-f', file, '--lab', 'said'], { env }), 'said');
    t.is(await nameOfLab(scratch, ['-f', file, '--lab', 'said', '--name', 'named'], { env }), 'named');
    t.is(await nameOfLab(scratch, []), 'default');
  });
});

test.serial('cluster DNS is there without a Lab object, and where a Service took its address', async (t) => {
  await withScratch(t, async (scratch) => {
    for (const address of ['10.96.7.7', '10.96.0.10']) {
      const file = scratch.file([busyboxOn('node1'), serverOn('node2', 'web', `clusterIP: ${address}`)].join('---\n'));
      const up = await scratch.run(['up', '-f', file, '-o', 'json']);
      t.is(up.exitCode, 0, up.stderr);
      t.deepEqual((JSON.parse(up.stdout) as LabStatus).problems, []);
      const { stdout } = await scratch.svclab('exec', 'pod/busybox', '--', 'getent', 'hosts', 'web');
      t.is(stdout.split(/\s+/)[0], address);
      await scratch.svclab('down');
    }
  });
});

test.serial('a lab comes up without cluster DNS where no node takes it, or no address is left for it', async (t) => {
  const taints = 'nodes: [{ name: node1, taints: [{ key: gpu, effect: NoSchedule }] }]';
  const tooFew = 'nodes: [{ name: node1 }], serviceClusterIPRange: 10.96.0.0/29';
  await withScratch(t, async (scratch) => {
    for (const [spec, problem] of [
      [taints, /^pod kube-system\/coredns-\S+ of cluster DNS finds no node: 0\/1 nodes are available/],
      [tooFew, /^no cluster DNS: the Service range 10\.96\.0\.0\/29 has no room for it$/],
      ['nodes: [{ name: node1 }], dns: false', undefined],
    ] as const) {
      const lab = `apiVersion: svclab.dev/v1\nkind: Lab\nmetadata: { name: x }\nspec: { ${spec} }\n`;
      const up = await scratch.run(['up', '-f', scratch.file([lab, busyboxOn('node1')].join('---\n')), '-o', 'json']);
      t.is(up.exitCode, 0, up.stderr);
      const { ready, problems } = JSON.parse(up.stdout) as LabStatus;
      t.true(ready, spec);
      if (problem === undefined) t.deepEqual(problems, []);
      else t.regex(problems.join(), problem);
      const { exitCode } = await scratch.svclab('exec', 'pod/busybox', '--', 'getent', 'hosts', 'kubernetes.default');
      t.is(exitCode, 2, 'no such name');
      await scratch.svclab('down');
    }
  });
});

test.serial('NODE_OPTIONS are for the command that is typed, not for the programs of its lab', async (t) => {
  await withScratch(t, async (scratch) => {
    const loud = scratch.file('console.log("loud");', 'loud.cjs');
    const file = scratch.file(serverOn('node1', 'web'));
    const env = { NODE_OPTIONS: `--require ${loud}` };
    const up = await scratch.run(['up', '-f', file], { env });
    t.is(up.exitCode, 0, up.stderr);
    t.regex(up.stdout, /^loud\n/);
    t.is((await scratch.svclab('down')).exitCode, 0);
  });
});
