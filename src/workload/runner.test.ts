import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import test from 'ava';
import type { ExecTarget } from '../api/types.ts';
import type { Container } from '../kinds/types/container.ts';
import { commandOf } from './commands.ts';
import { PodRunner } from './pod-runner.ts';
import { ContainerRunner, type ContainerState } from './runner.ts';
import type { SpawnIn } from './spawn.ts';
import { testContainer, testPod } from './testing.ts';

const target: ExecTarget = { target: 'pod/web-0', netns: '', hostname: 'web-0', files: '', env: {} };

/** Runs the program here, in no namespace of its own. */
const spawnHere: SpawnIn = (_target, [file = '', ...args], { env, cwd }) =>
  spawn(file, args, { env, cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });

interface Observed {
  readonly runner: ContainerRunner;
  readonly states: ContainerState[];
  /** Resolves with the first state that fits. */
  readonly until: (fits: (state: ContainerState) => boolean) => Promise<ContainerState>;
}

function run(
  argv: readonly string[],
  restartPolicy: 'Always' | 'OnFailure' | 'Never',
  more: Partial<Container> = {},
  graceSeconds = 5,
): Observed {
  const container = testContainer('busybox', { command: argv, ...more });
  const command = commandOf(testPod([container]), container);
  if (command === undefined) throw new Error('no command');
  const states: ContainerState[] = [];
  const waiting: (() => void)[] = [];
  const runner = new ContainerRunner({
    container,
    command,
    restartPolicy,
    terminationGracePeriodSeconds: graceSeconds,
    target,
    spawnIn: spawnHere,
    delay: (previous) => (previous === undefined ? 0 : 20),
    onChange: (state) => {
      states.push(state);
      for (const check of waiting) check();
    },
  });
  const until: Observed['until'] = (fits) => {
    const { promise, resolve } = Promise.withResolvers<ContainerState>();
    const check = (): void => {
      const found = states.find(fits);
      if (found !== undefined) resolve(found);
    };
    waiting.push(check);
    check();
    return promise;
  };
  return { runner, states, until };
}

test('Always: a program that ends well is started again, with its output kept', async (t) => {
  const { runner, states, until } = run(['sh', '-c', 'echo here; echo there >&2'], 'Always');
  await until(({ restartCount, state }) => restartCount === 2 && state === 'waiting');
  await runner.stop();
  t.true(states.some(({ reason }) => reason === 'CrashLoopBackOff'));
  t.regex(runner.logs(), /^(here|there)\n(here|there)\n/);
});

test('OnFailure: started again until it ends well', async (t) => {
  const flag = `/tmp/svclab-runner-test-${process.pid}`;
  const { until } = run(['sh', '-c', `test -d ${flag} && rmdir ${flag} || { mkdir ${flag}; exit 3; }`], 'OnFailure');
  const failed = await until(({ state }) => state === 'waiting');
  t.is(failed.exitCode, 3);
  const end = await until(({ state }) => state === 'terminated');
  t.like(end, { reason: 'Completed', exitCode: 0, restartCount: 1 });
});

test('Never: the exit code is the end of it', async (t) => {
  const { until } = run(['sh', '-c', 'exit 7'], 'Never');
  t.like(await until(({ state }) => state === 'terminated'), { reason: 'Error', exitCode: 7, restartCount: 0 });
});

test('a program that is not there', async (t) => {
  const never = run(['no-such-program'], 'Never');
  const end = await never.until(({ state }) => state === 'terminated');
  t.like(end, { reason: 'StartError', exitCode: 128 });
  t.is(end.message, 'exec: "no-such-program": executable file not found in $PATH');
  const always = run(['/etc/passwd'], 'Always');
  const waiting = await always.until(({ state }) => state === 'waiting');
  await always.runner.stop();
  t.like(waiting, { reason: 'RunContainerError', message: 'exec: "/etc/passwd": permission denied' });
  t.is(always.runner.state.state, 'terminated');
});

test('stop sends SIGTERM, and SIGKILL when the grace period is over', async (t) => {
  const polite = run(['sleep', '60'], 'Always');
  await polite.until(({ state }) => state === 'running');
  await polite.runner.stop();
  t.like(polite.runner.state, { state: 'terminated', exitCode: 143 });

  const deaf = run(['sh', '-c', 'trap "" TERM; echo set; while :; do sleep 1; done'], 'Always', {}, 0.2);
  while (!deaf.runner.logs().includes('set')) await new Promise((resolve) => setTimeout(resolve, 5));
  await deaf.runner.stop();
  t.like(deaf.runner.state, { state: 'terminated', exitCode: 137 });
});

test('what the program left running ends with it', async (t) => {
  const { runner, until } = run(['sh', '-c', 'sleep 60 & echo $!'], 'Never');
  await until(({ state }) => state === 'terminated');
  const pid = Number(runner.logs());
  t.true(pid > 1);
  const alive = (): boolean => {
    try {
      return !/^\d+ \(sleep\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    } catch {
      return false;
    }
  };
  for (let i = 0; i < 100 && alive(); i++) await new Promise((resolve) => setTimeout(resolve, 10));
  t.false(alive());
});

test('the preStop hook runs before SIGTERM, and counts against the grace period', async (t) => {
  const { runner, until } = run(['sleep', '60'], 'Always', {
    lifecycle: { preStop: { exec: { command: ['echo', 'goodbye'] } } },
  });
  await until(({ state }) => state === 'running');
  await runner.stop();
  t.is(runner.logs(), 'goodbye\n');
});

test('a liveness failure restarts the program', async (t) => {
  const { runner, until } = run(['sleep', '60'], 'Always');
  await until(({ state }) => state === 'running');
  await runner.restart('Liveness probe failed');
  await until(({ state, restartCount }) => state === 'running' && restartCount === 1);
  await runner.stop();
  t.true(runner.logs().startsWith('Liveness probe failed'));
});

test('initContainers run one after another before the containers', async (t) => {
  const say = (name: string, text: string): Container =>
    testContainer('busybox', { name, command: ['sh', '-c', text] });
  const pod = testPod([say('main', 'echo main; exec sleep 60'), testContainer('nginx', { name: 'web' })], {
    initContainers: [say('first', 'sleep 0.05'), say('second', 'true')],
  });
  const order: string[] = [];
  const runner = new PodRunner({
    pod,
    target,
    spawnIn: spawnHere,
    onChange: (container, { state }) => order.push(`${container} ${state}`),
  });
  await runner.started;
  t.deepEqual(order, ['first running', 'first terminated', 'second running', 'second terminated', 'main running']);
  t.is(runner.runner('web'), undefined);
  await runner.stop();
  t.is(runner.runner('main')?.state.state, 'terminated');
});
