import test from 'ava';
import type { Pod } from '../src/kinds/types/pod.ts';
import { type RunningLab, withLab } from './testing/lab.ts';
import { busyboxOn, labOf } from './testing/manifests.ts';

async function podOf(lab: RunningLab, name: string): Promise<Pod | undefined> {
  const { items } = await lab.json<{ items: readonly Pod[] }>('get', 'pods');
  return items.find(({ metadata }) => metadata.name === name);
}

/** Phase, then state, reason, readiness and restarts of the first container; `gone` without the Pod. */
async function summaryOf(lab: RunningLab, name: string): Promise<string> {
  const { phase, containerStatuses: [first] = [] } = (await podOf(lab, name))?.status ?? { phase: 'gone' };
  if (first === undefined) return phase;
  const { state, reason = '', ready, restartCount } = first;
  return [phase, state, reason, ready ? 'ready' : '', `${restartCount}`].filter((word) => word !== '').join(' ');
}

async function until(lab: RunningLab, name: string, expected: RegExp): Promise<string> {
  let summary = '';
  for (const end = Date.now() + 60_000; Date.now() < end; ) {
    summary = await summaryOf(lab, name);
    if (expected.test(summary)) break;
  }
  return summary;
}

/** READY, STATUS and RESTARTS of `svclab get pod`. */
async function columnsOf(lab: RunningLab, name: string): Promise<string> {
  const [, line = ''] = (await lab.svclab('get', 'pod', name)).stdout.split('\n');
  return line.split(/ {2,}/).slice(1, 4).join(' ');
}

function pod(name: string, container: string, spec = ''): string {
  return `
apiVersion: v1
kind: Pod
metadata: { name: ${name}, labels: { app: ${name} } }
spec:
  nodeName: node1
  ${spec}
  containers:
    - name: main
${container.replaceAll(/^/gm, '      ')}
`;
}

const web = 'image: httpd';

test('a server that is killed: not ready, reported, back after sync', async (t) => {
  await withLab(t, [labOf('node1'), busyboxOn('node1'), pod('web', web)], async (lab) => {
    await lab.exec('pod/web', 'ss', '-K', 'state', 'listening', 'sport', '=', '80');
    t.is(await until(lab, 'web', /running 0/), 'Running running 0');
    const { problems } = await lab.status();
    t.deepEqual(problems, ['default/web/main/TCP/80: its socket was closed from outside']);
    const { connections } = await lab.verify('--from', 'pod/busybox', '--to', 'pod/web');
    t.regex(connections.find(({ agrees }) => !agrees)?.difference ?? '', /Outcome: refused/);
    const { stdout } = await lab.svclab('sync');
    t.regex(stdout, /# default\/web\/main\/TCP\/80 listens again/);
    t.is(await until(lab, 'web', /ready/), 'Running running ready 0');
    t.is((await lab.verify('--from', 'pod/busybox', '--to', 'pod/web')).disagreed, 0);
    t.regex((await lab.svclab('sync')).stdout, /^nothing had drifted/);
  });
});

test('a program that fails, an initContainer, probes of built-in images, hooks, deletion', async (t) => {
  await withLab(t, [labOf('node1'), busyboxOn('node1')], async (lab) => {
    await lab.apply(
      [
        pod('crash', 'image: busybox\ncommand: [sh, -c, "echo no; exit 3"]'),
        pod('wait', web, 'initContainers: [{ name: init, image: busybox, command: [sleep, "1"] }]'),
        pod(
          'stuck',
          web,
          'initContainers: [{ name: a, image: nginx }, { name: b, image: x, command: [sleep, "999"] }]',
        ),
        pod('helped', web, 'initContainers: [{ name: a, image: x, command: [sleep, "999"], restartPolicy: Always }]'),
        pod(
          'spoilt',
          web,
          'restartPolicy: Never\n  initContainers: [{ name: init, image: busybox, command: ["false"] }]',
        ),
        pod(
          'sick',
          `${web}\nlivenessProbe: { httpGet: { path: /none, port: 80 }, periodSeconds: 1, failureThreshold: 1 }`,
        ),
        pod('unready', `${web}\nreadinessProbe: { tcpSocket: { port: 81 }, periodSeconds: 1 }`),
        pod('slow', `${web}\nlifecycle: { preStop: { sleep: { seconds: 2 } } }`),
        pod(
          'deaf',
          `image: busybox\ncommand: [sh, -c, 'trap "" TERM; while :; do sleep 1; done']`,
          'terminationGracePeriodSeconds: 1',
        ),
      ].join('\n---\n'),
    );
    t.is(await until(lab, 'crash', /CrashLoopBackOff/), 'Running waiting CrashLoopBackOff 1');
    t.is(await until(lab, 'wait', /ready/), 'Running running ready 0');
    t.is(await until(lab, 'spoilt', /Failed/), 'Failed waiting PodInitializing 0');
    t.is(await columnsOf(lab, 'spoilt'), '0/1 Init:Error 0');
    t.is(await columnsOf(lab, 'wait'), '1/1 Running 0');
    t.is(await columnsOf(lab, 'stuck'), '0/1 Init:1/2 0');
    t.is(await until(lab, 'helped', /ready/), 'Running running ready 0');
    t.is(await columnsOf(lab, 'helped'), '2/2 Running 0');
    t.is(await until(lab, 'sick', /CrashLoopBackOff/), 'Running waiting CrashLoopBackOff 1');
    t.is(await until(lab, 'unready', /running 0/), 'Running running 0');
    t.is(await until(lab, 'slow', /ready/), 'Running running ready 0');
    await lab.svclab('delete', 'pod', 'slow');
    t.is((await lab.curl('pod/busybox', `http://${(await podOf(lab, 'slow'))?.status.podIP}`)).agrees, true);
    t.is(await until(lab, 'slow', /gone/), 'gone');
    await lab.svclab('delete', 'pod', 'deaf');
    t.is(await until(lab, 'deaf', /gone/), 'gone');
  });
});
