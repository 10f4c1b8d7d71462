import { spawn } from 'node:child_process';
import { setImmediate } from 'node:timers/promises';
import test from 'ava';
import { keyOf } from '../cluster/keys.ts';
import { ObjectStore, withMetadata } from '../cluster/store.ts';
import type { Container, Probe } from '../kinds/types/container.ts';
import type { Pod, PodSpec } from '../kinds/types/pod.ts';
import type { ServerSpec } from '../workload/protocol.ts';
import type { SpawnIn } from '../workload/spawn.ts';
import { testContainer, testPod } from '../workload/testing.ts';
import { Kubelet } from './kubelet.ts';

/** Runs the program here, in no namespace of its own. */
const spawnHere: SpawnIn = (_target, [file = '', ...args], { env }) =>
  spawn(file, args, { env: { PATH: process.env.PATH, ...env }, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });

/** A kubelet with a helper that does at once what it is told, unless a server's port is taken. */
class TestNode {
  readonly store = new ObjectStore({ clock: () => new Date('2026-01-01T00:00:00Z') });
  readonly kubelet = new Kubelet(
    this.store,
    { apply: (specs) => this.#apply(specs), check: () => this.#check() },
    spawnHere,
  );
  readonly taken = new Set<number>();
  /** How often each server was started. */
  readonly starts: string[] = [];
  #running = new Map<string, ServerSpec>();
  #failed = new Set<string>();

  run(containers: readonly Container[], spec: Partial<PodSpec> = {}): void {
    this.store.create<Pod>(testPod(containers, spec));
    this.kubelet.run();
  }

  get pod(): Pod | undefined {
    return this.store.get('Pod', 'default', 'web-0');
  }

  /** Phase, and each container's state, reason, readiness and restarts. */
  get summary(): string {
    const { phase, containerStatuses = [] } = this.pod?.status ?? { phase: 'gone' };
    const words = containerStatuses.map(({ state, reason = '', ready, restartCount }) =>
      [state, reason, ready ? 'ready' : '', restartCount === 0 ? '' : `${restartCount}`].filter(Boolean).join(' '),
    );
    return [phase, ...words].join(', ');
  }

  async until(expected: string): Promise<string> {
    for (let i = 0; i < 1000 && this.summary !== expected; i++) await new Promise((done) => setTimeout(done, 5));
    return this.summary;
  }

  /** Kills a server's socket, as `ss -K` does. */
  kill(id: string): void {
    this.#running.delete(id);
    this.#failed.add(id);
    this.kubelet.onHelperEvent({ event: 'failed', id, message: 'its socket was closed from outside' });
  }

  delete(graceSeconds: number): void {
    const { pod } = this;
    if (pod === undefined) return;
    const deletion = { deletionTimestamp: '2026-01-01T00:00:30Z', deletionGracePeriodSeconds: graceSeconds };
    this.store.update(withMetadata(pod, { ...pod.metadata, ...deletion }));
    this.kubelet.run();
  }

  #apply(specs: readonly ServerSpec[]): void {
    const wanted = new Map(specs.map((spec) => [spec.id, spec]));
    const gone = [...this.#running].filter(([id, spec]) => wanted.get(id)?.run !== spec.run || !wanted.has(id));
    for (const [id] of gone) this.#running.delete(id);
    if (gone.length > 0) this.kubelet.onHelperEvent({ event: 'stopped', ids: gone.map(([id]) => id) });
    for (const spec of specs) if (!this.#running.has(spec.id) && !this.#failed.has(spec.id)) this.#start(spec);
  }

  #start(spec: ServerSpec): void {
    this.starts.push(spec.id);
    if (this.taken.has(spec.port)) {
      this.#failed.add(spec.id);
      this.kubelet.onHelperEvent({ event: 'failed', id: spec.id, message: 'EADDRINUSE' });
      return;
    }
    this.#running.set(spec.id, spec);
    this.kubelet.onHelperEvent({ event: 'started', ids: [spec.id] });
  }

  #check(): Promise<readonly string[]> {
    const ids = [...this.#failed];
    this.#failed.clear();
    this.kubelet.run();
    return Promise.resolve(ids);
  }
}

function execProbe(command: readonly string[], more: Partial<Probe> = {}): Probe {
  const defaults = { initialDelaySeconds: 0, timeoutSeconds: 5, successThreshold: 1, failureThreshold: 2 };
  return { ...defaults, periodSeconds: 0.02, exec: { command }, ...more };
}

const web = testContainer('httpd');
const webServer = 'default/web-0/main/TCP/80';

test('a Pod of a built-in image is ready when its server listens', async (t) => {
  const node = new TestNode();
  node.run([web, testContainer('busybox', { name: 'shell' })]);
  t.is(await node.until('Running, running ready, running ready'), 'Running, running ready, running ready');
  t.deepEqual(node.starts, [webServer]);
});

test('a kubelet is idle when its servers listen or have failed, and Pods say so', async (t) => {
  const node = new TestNode();
  t.true(node.kubelet.idle);
  node.run([web]);
  t.false(node.kubelet.idle);
  await setImmediate();
  t.is(node.summary, 'Running, running ready');
  t.true(node.kubelet.idle);
  node.kubelet.onHelperExit();
  await setImmediate();
  t.false(node.kubelet.idle);
  node.kill(webServer);
  await setImmediate();
  t.true(node.kubelet.idle);
});

test('who waits for a kubelet to be idle waits as long as it takes, or as long as they said', async (t) => {
  const node = new TestNode();
  await node.kubelet.untilIdle(0);
  node.run([web]);
  await node.kubelet.untilIdle(60_000);
  t.is(node.summary, 'Running, running ready');
  node.kubelet.onHelperExit();
  await node.kubelet.untilIdle(5);
  t.false(node.kubelet.idle);
});

test('a server that is killed leaves its container running and not ready until it is started anew', async (t) => {
  const node = new TestNode();
  node.run([web]);
  await node.until('Running, running ready');
  node.kill(webServer);
  t.is(await node.until('Running, running'), 'Running, running');
  t.deepEqual(node.kubelet.problems(), [`${webServer}: its socket was closed from outside`]);
  node.kubelet.run();
  t.is(node.summary, 'Running, running', 'other changes do not repair it');
  t.deepEqual(
    (await node.kubelet.restartServers(() => true)).map(({ id }) => id),
    [webServer],
  );
  t.is(await node.until('Running, running ready'), 'Running, running ready');
  t.deepEqual(node.kubelet.problems(), []);
});

test('a port that is taken holds the container back, and is not asked for in a loop', async (t) => {
  const node = new TestNode();
  node.taken.add(80);
  node.run([web]);
  const held = 'Pending, waiting CrashLoopBackOff';
  t.is(await node.until(held), held);
  await new Promise((done) => setTimeout(done, 50));
  t.deepEqual(node.starts, [webServer]);
});

test('the helper dies: nothing is ready until it is back', async (t) => {
  const node = new TestNode();
  node.run([web]);
  await node.until('Running, running ready');
  node.kubelet.onHelperExit();
  t.is(await node.until('Running, running'), 'Running, running');
});

test('a Pod is ready when its startup probe has passed once and its readiness probe passes', async (t) => {
  const node = new TestNode();
  const flag = `/tmp/kubelet-test-${process.pid}`;
  node.run([
    testContainer('httpd', {
      startupProbe: execProbe(['true']),
      readinessProbe: execProbe(['rm', flag], { failureThreshold: 1, periodSeconds: 0.01 }),
    }),
  ]);
  t.is(await node.until('Running, running'), 'Running, running');
  spawn('touch', [flag]);
  t.is(await node.until('Running, running ready'), 'Running, running ready');
  t.is(await node.until('Running, running'), 'Running, running');
  t.is(node.pod?.status.conditions?.find(({ type }) => type === 'Ready')?.status, 'False');
  node.delete(0);
});

for (const kind of ['livenessProbe', 'startupProbe'] as const) {
  test(`a failing ${kind} restarts a built-in server, then waits longer`, async (t) => {
    const node = new TestNode();
    node.run([testContainer('httpd', { [kind]: execProbe(['false']) })]);
    const held = 'Running, waiting CrashLoopBackOff 1';
    t.is(await node.until(held), held);
    t.deepEqual(node.starts, [webServer, webServer]);
    node.delete(0);
    t.is(await node.until('gone'), 'gone');
  });

  test(`a failing ${kind} restarts a program`, async (t) => {
    const node = new TestNode();
    node.run([testContainer('x', { command: ['sleep', '60'], [kind]: execProbe(['false']) })]);
    const held = 'Running, waiting CrashLoopBackOff 1';
    t.is(await node.until(held), held);
    node.delete(0);
    t.is(await node.until('gone'), 'gone');
  });
}

test('a program that has run once keeps its Pod in phase Running', async (t) => {
  const node = new TestNode();
  node.run([testContainer('x', { command: ['false'] })]);
  const held = 'Running, waiting CrashLoopBackOff 1';
  t.is(await node.until(held), held);
  node.delete(0);
});

test('Never: programs end for good', async (t) => {
  for (const [command, expected] of [
    ['true', 'Succeeded, terminated Completed'],
    ['false', 'Failed, terminated Error'],
  ] as const) {
    const node = new TestNode();
    node.run([testContainer('x', { command: [command] })], { restartPolicy: 'Never' });
    t.is(await node.until(expected), expected);
  }
});

test('servers wait for the initContainers, and never start when one fails for good', async (t) => {
  const init = (command: readonly string[]): Container => testContainer('busybox', { name: 'init', command });
  const well = new TestNode();
  well.run([web], { initContainers: [init(['sleep', '0.1'])] });
  t.is(well.summary, 'Pending, waiting PodInitializing');
  t.is(await well.until('Running, running ready'), 'Running, running ready');
  const ill = new TestNode();
  ill.run([web], { initContainers: [init(['false'])], restartPolicy: 'Never' });
  t.is(await ill.until('Failed, waiting PodInitializing'), 'Failed, waiting PodInitializing');
  t.deepEqual(ill.starts, []);
});

test('a deleted Pod goes when its programs and servers are gone; each container ends for itself', async (t) => {
  const node = new TestNode();
  const slow = { preStop: { sleep: { seconds: 0.3 } } };
  node.run([web, testContainer('x', { name: 'slow', command: ['sleep', '60'], lifecycle: slow })]);
  await node.until('Running, running ready, running ready');
  node.delete(30);
  const half = 'Running, terminated Completed, running ready';
  t.is(await node.until(half), half);
  t.is(await node.until('gone'), 'gone');
});

test("the deletion's grace period counts, not the Pod's", async (t) => {
  const node = new TestNode();
  const hook = { preStop: { exec: { command: ['sleep', '60'] } } };
  node.run([testContainer('httpd', { lifecycle: hook })], { terminationGracePeriodSeconds: 60 });
  await node.until('Running, running ready');
  node.delete(1);
  t.is(await node.until('gone'), 'gone');
});

test('a Pod that is removed without grace has its servers closed', async (t) => {
  const node = new TestNode();
  node.run([web]);
  await node.until('Running, running ready');
  if (node.pod !== undefined) node.store.delete(keyOf(node.pod));
  node.kubelet.run();
  t.is(node.summary, 'gone');
  node.run([web]);
  t.deepEqual(node.starts, [webServer, webServer]);
});
