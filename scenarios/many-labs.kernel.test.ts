import test from 'ava';
import { differences } from './testing/damage.ts';
import { type RunningLab, startLab } from './testing/lab.ts';
import { busyboxOn, labOf, serverOn } from './testing/manifests.ts';
import { assertNothingLeft } from './testing/nothing-left.ts';
import { companionsOf } from './testing/processes.ts';
import { withScratch } from './testing/scratch.ts';

const names = Array.from({ length: 10 }, (_, i) => `lab-${i}`);

test('ten labs side by side: each for itself, all listed, all taken down', async (t) => {
  await withScratch(t, async (scratch) => {
    const labs: RunningLab[] = [];
    for (const name of names) {
      const own = serverOn('node1', `web-${name}`);
      labs.push(await startLab(scratch, [labOf('node1'), busyboxOn('node1'), own], name));
    }
    const list = await scratch.svclab('list');
    for (const name of names) t.regex(list.stdout, new RegExp(`^${name}\\s`, 'm'));
    for (const [i, lab] of labs.entries()) {
      const report = await lab.verify('--from', 'pod/busybox', '--to', `svc/web-lab-${i}`);
      t.deepEqual(differences(report), []);
      t.is(report.agreed, report.connections.length);
      t.true(report.connections.length > 0);
    }
    const addresses = await Promise.all(labs.map((lab) => lab.exec('node1', 'cat', '/proc/sys/kernel/hostname')));
    t.deepEqual([...new Set(addresses)], ['node1\n']);

    await labs[3]?.exec('node1', 'iptables', '-t', 'nat', '-F', 'KUBE-SERVICES');
    const [third, fourth] = [await labs[3]?.status(), await labs[4]?.status()];
    t.true(third?.nodes.some(({ drift }) => drift.length > 0));
    t.true(
      fourth?.nodes.every(({ drift }) => drift.length === 0),
      'what is broken in one lab is whole in the next',
    );

    const unnamed = await scratch.svclab('status');
    t.is(unnamed.exitCode, 2);
    t.regex(unnamed.stderr, /10 labs run: lab-0, .*\n {2}hint: Say which one with --lab NAME/);

    const pids = await Promise.all(labs.map(async (lab) => (await lab.status()).pid));
    t.is(new Set(pids).size, names.length);
    const processes = pids.flatMap(companionsOf);
    const down = await scratch.svclab('down', '--all');
    t.is(down.exitCode, 0);
    for (const name of names) t.regex(down.stdout, new RegExp(`lab "${name}" is down`));
    await assertNothingLeft(t, scratch, processes, 'down --all');
    t.is((await scratch.svclab('list', '-o', 'json')).stdout.trim(), '[]');
  });
});
