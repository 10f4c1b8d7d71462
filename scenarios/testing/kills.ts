import { setTimeout as sleep } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import { quickstart, startLab, until } from './lab.ts';
import { busyboxOn, web } from './manifests.ts';
import { assertNothingLeft, type LabProcesses, labProcesses, type Running, random, start } from './nothing-left.ts';
import { companionsOf, kill } from './processes.ts';
import type { Scratch } from './scratch.ts';

/** When the controller is killed, in milliseconds after the beginning of what it does. */
type Moment = (scratch: Scratch, delay: number) => Promise<Running>;

/** While the lab comes up: from the controller's first instant on. */
const duringUp: Moment = async (scratch, delay) => {
  const up = start(scratch, 'up', '-f', quickstart, '--name', 'x');
  await until(() => labProcesses(scratch) !== undefined);
  await sleep(delay);
  return up;
};

/** While it takes in many objects. */
const duringApply: Moment = async (scratch, delay) => {
  const lab = await startLab(scratch, []);
  const many = Array.from({ length: 20 }, (_, i) => busyboxOn(`node${1 + (i % 2)}`, `b${i}`)).join('---\n');
  const apply = start(scratch, 'apply', '--lab', lab.name, '-f', scratch.file(`${web(20)}---\n${many}`));
  await sleep(delay);
  return apply;
};

/** While nothing, or the comparison of everything, goes on. */
const whileRunning: Moment = async (scratch, delay) => {
  const lab = await startLab(scratch, [quickstart]);
  const verify = start(scratch, 'verify', '--lab', lab.name);
  await sleep(delay);
  return verify;
};

/** The moments and how long each goes on, roughly. */
const moments: readonly (readonly [Moment, number])[] = [
  [duringUp, 700],
  [duringUp, 300],
  [duringApply, 600],
  [whileRunning, 2000],
];

/**
 * Kills a lab's process at so many random moments and looks, each time, that nothing of the lab is left. The seed is
 * printed; the environment's SVCLAB_TEST_SEED repeats a run.
 */
export async function killAtRandomMoments(
  t: ExecutionContext,
  scratch: Scratch,
  times: number,
  victim: (processes: LabProcesses) => number = ({ controller }) => controller,
): Promise<void> {
  const seed = Number(process.env.SVCLAB_TEST_SEED ?? Date.now() % 1_000_000);
  t.log(`seed ${seed}`);
  const next = random(seed);
  let longest = 0;
  for (let i = 0; i < times; i++) {
    const [moment, span] = moments[Math.floor(next() * moments.length)] ?? [duringUp, 0];
    const delay = next() * span;
    const command = await moment(scratch, delay);
    const processes = labProcesses(scratch);
    const what = `kill ${i} of seed ${seed}: ${moment.name} after ${delay.toFixed(1)} ms`;
    if (processes === undefined) {
      t.fail(`${what}: the lab was not there any more: ${JSON.stringify(await command.ended)}`);
      return;
    }
    const members = companionsOf(processes.controller);
    kill(victim(processes));
    longest = Math.max(longest, await assertNothingLeft(t, scratch, members, what));
    await command.ended;
    await assertNothingLeft(t, scratch, members, `${what}, when the command had ended`);
  }
  t.log(`after ${times} kills the last thing was gone after at most ${longest.toFixed(0)} ms`);
}
