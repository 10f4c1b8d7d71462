import { mkdirSync } from 'node:fs';
import fc from 'fast-check';
import { Kernel } from '../../src/kernel/apply.ts';
import { mount } from '../../src/kernel/libc.ts';
import { deleteNetns, listNetns } from '../../src/kernel/netns.ts';
import { observeNetns } from '../../src/kernel/observe.ts';
import type { DesiredLab } from '../../src/plan/desired.ts';
import { diffLab } from '../../src/plan/diff.ts';
import { toText } from '../../src/plan/text.ts';
import { randomLab } from './random-lab.ts';

/* Runs in namespaces of its own: random states are put into the kernel one after the other and read back. */

function drift(kernel: Kernel, lab: DesiredLab): string[] {
  const observed = lab.namespaces.map((netns) => observeNetns(kernel.rtnl(netns.name), netns));
  return diffLab({ namespaces: observed }, lab).map(toText);
}

async function holds(states: readonly DesiredLab[]): Promise<void> {
  for (const name of listNetns()) deleteNetns(name);
  const kernel = new Kernel();
  let before: DesiredLab | undefined;
  for (const state of [...states, { namespaces: [] }]) {
    await kernel.apply(diffLab(before, state));
    const found = drift(kernel, state);
    if (found.length > 0) throw new Error(`the kernel differs:\n${found.join('\n')}`);
    const names = state.namespaces.map(({ name }) => name).sort();
    if (listNetns().sort().join() !== names.join()) throw new Error(`namespaces: ${listNetns().join(' ')}`);
    before = state;
  }
}

mount('test', '/run', 'tmpfs');
mkdirSync('/run/netns');
const seed = Number(process.argv[2] ?? Date.now() % 2 ** 31);
await fc.assert(fc.asyncProperty(fc.array(randomLab, { minLength: 1, maxLength: 4 }), holds), {
  numRuns: 40,
  seed,
  interruptAfterTimeLimit: 60_000,
  markInterruptAsFailure: false,
});
process.stdout.write(`seed ${seed}\n`);
