import test from 'ava';
import type { LabStatus } from '../src/api/types.ts';
import { labOf } from './testing/manifests.ts';
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
