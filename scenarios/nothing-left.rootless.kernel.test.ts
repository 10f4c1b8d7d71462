import { setTimeout as sleep } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { hostState } from './testing/host.ts';
import { killAtRandomMoments } from './testing/kills.ts';
import { quickstart, startLab, until } from './testing/lab.ts';
import { busyboxOn } from './testing/manifests.ts';
import { assertNothingLeft, type LabProcesses, labProcesses, start } from './testing/nothing-left.ts';
import { childrenOf, companionsOf, kill, nameOf } from './testing/processes.ts';
import { type Scratch, withScratch } from './testing/scratch.ts';

/** A Pod that runs a program of its own. */
const sleeper = `apiVersion: v1
kind: Pod
metadata: { name: sleeper }
spec:
  containers: [{ name: sleeper, image: busybox, command: [sleep, '100000'] }]
`;

/** Runs the body and looks that the machine is afterwards what it was before. */
async function leavesTheHostAlone(t: ExecutionContext, body: (scratch: Scratch) => Promise<void>): Promise<void> {
  const before = await hostState();
  await withScratch(t, body);
  const after = await hostState();
  for (const [name, lines] of Object.entries(before)) t.deepEqual(after[name], lines, name);
}

function processesOf(scratch: Scratch): LabProcesses {
  const processes = labProcesses(scratch);
  if (processes === undefined) throw new Error('the lab does not run');
  return processes;
}

test.serial('down leaves nothing, whatever ran in the lab', async (t) => {
  await leavesTheHostAlone(t, async (scratch) => {
    const lab = await startLab(scratch, [quickstart, sleeper]);
    const inside = start(scratch, 'exec', '--lab', lab.name, 'node1', '--', 'sleep', '100000');
    const watch = start(scratch, 'exec', '--lab', lab.name, 'pod/sleeper', '--', 'tcpdump', '-ni', 'eth0');
    await lab.verify('--from', 'client/laptop');
    const { controller } = processesOf(scratch);
    t.true(await until(() => companionsOf(controller).length >= 5), 'controller, helper, two sleeps and tcpdump');
    const members = companionsOf(controller);
    t.is((await lab.svclab('down')).exitCode, 0);
    t.not((await inside.ended).exitCode, 0);
    t.not((await watch.ended).exitCode, 0);
    await assertNothingLeft(t, scratch, members, 'down');
    t.is((await lab.svclab('status')).exitCode, 2);
  });
});

test.serial('kill -9 of the controller at random moments leaves nothing', async (t) => {
  await leavesTheHostAlone(t, (scratch) => killAtRandomMoments(t, scratch, 8));
});

test.serial('kill -9 of unshare leaves nothing', async (t) => {
  await leavesTheHostAlone(t, (scratch) => killAtRandomMoments(t, scratch, 3, ({ unshare }) => unshare));
});

for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
  test.serial(`${signal} to the supervisor ends the lab and leaves nothing`, async (t) => {
    await leavesTheHostAlone(t, async (scratch) => {
      await startLab(scratch, [busyboxOn('node1'), sleeper]);
      const { supervisor, controller } = processesOf(scratch);
      const members = companionsOf(controller);
      kill(supervisor, signal);
      await assertNothingLeft(t, scratch, members, signal);
    });
  });
}

test.serial('kill -9 of the supervisor leaves a directory, which the next command removes', async (t) => {
  await leavesTheHostAlone(t, async (scratch) => {
    for (const next of [['list'], ['up', '--name', 'x']]) {
      const lab = await startLab(scratch, [busyboxOn('node1'), sleeper]);
      const { supervisor, controller } = processesOf(scratch);
      const members = companionsOf(controller);
      kill(supervisor);
      t.true(await until(() => labProcesses(scratch) === undefined));
      t.is((await scratch.svclab(...next)).exitCode, 0, next.join(' '));
      if (next[0] === 'up') t.is((await lab.svclab('down')).exitCode, 0);
      await assertNothingLeft(t, scratch, members, `then ${next.join(' ')}`);
    }
  });
});

test.serial('a killed helper and a killed program of a Pod take nothing else with them', async (t) => {
  await withScratch(t, async (scratch) => {
    const lab = await startLab(scratch, [busyboxOn('node1'), sleeper]);
    const { controller } = processesOf(scratch);
    const children = childrenOf(controller);
    t.true(children.length >= 2);
    for (const child of children) kill(child);
    t.true(await until(async () => (await lab.status()).ready));
    t.true(await until(() => childrenOf(controller).some((child) => nameOf(child) === 'svclab-helper')));
    t.is((await lab.status()).pid, controller);
  });
});

const endings = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  test.serial(`${signal} while the lab comes up leaves nothing`, async (t) => {
    await leavesTheHostAlone(t, async (scratch) => {
      for (const delay of [0, 100, 200, 300, 400]) {
        const up = start(scratch, 'up', '-f', quickstart);
        await sleep(delay);
        kill(up.pid, signal);
        const { exitCode } = await up.ended;
        if (exitCode === 0) await scratch.svclab('down');
        else t.is(exitCode, endings[signal]);
        await assertNothingLeft(t, scratch, [], `${signal} after ${delay} ms`);
      }
    });
  });
}

test.serial('signals that come when the lab is up leave it alone', async (t) => {
  await leavesTheHostAlone(t, async (scratch) => {
    for (const delay of [0, 2, 4]) {
      const up = start(scratch, 'up', '-f', scratch.file(busyboxOn('node1')));
      await up.output;
      await sleep(delay);
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) kill(up.pid, signal);
      t.is((await up.ended).exitCode, 0);
      t.not(labProcesses(scratch), undefined);
      t.is((await scratch.svclab('down')).exitCode, 0);
      await assertNothingLeft(t, scratch, [], `signals ${delay} ms after the first output`);
    }
  });
});

test.serial('a lab that cannot come up leaves nothing', async (t) => {
  await leavesTheHostAlone(t, async (scratch) => {
    const pending = `${busyboxOn('node1')}  nodeSelector: { no: such }\n`.replace('  nodeName: node1\n', '');
    const late = await scratch.svclab('up', '--timeout', '1s', '-f', scratch.file(pending));
    t.is(late.exitCode, 3);
    t.regex(late.stderr, /error\[timeout\]: the lab is not ready: waiting for pod default\/busybox/);
    await assertNothingLeft(t, scratch, [], 'a Pod without a node');
    const bad = await scratch.svclab('up', '-f', scratch.file('kind: Pod\n'));
    t.is(bad.exitCode, 2);
    await assertNothingLeft(t, scratch, [], 'a bad manifest');
  });
});
