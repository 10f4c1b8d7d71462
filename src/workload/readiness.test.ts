import test from 'ava';
import type { Probe } from '../kinds/types/container.ts';
import { afterResult, initialProbeState, type ProbeKind, probePort } from './readiness.ts';
import { watchProbe } from './readiness-runner.ts';

function probe(successThreshold: number, failureThreshold: number): Probe {
  return { initialDelaySeconds: 0, periodSeconds: 10, timeoutSeconds: 1, successThreshold, failureThreshold };
}

function verdicts(kind: ProbeKind, thresholds: readonly [number, number], results: string): string {
  let state = initialProbeState(kind);
  return [...results]
    .map((result) => {
      state = afterResult(state, probe(...thresholds), result === '+');
      return state.passing ? 'y' : 'n';
    })
    .join('');
}

const cases: readonly (readonly [string, ProbeKind, readonly [number, number], string, string])[] = [
  ['ready after one success', 'readiness', [1, 3], '--+', 'nny'],
  ['not ready after three failures in a row', 'readiness', [1, 3], '+--+---', 'yyyyyyn'],
  ['ready again after the threshold of successes', 'readiness', [2, 1], '++-+-++', 'nynnnny'],
  ['alive until three failures in a row', 'liveness', [1, 3], '--+---', 'yyyyyn'],
  ['started by one success', 'startup', [1, 30], '---+', 'nnny'],
];

for (const [name, kind, thresholds, results, expected] of cases) {
  test(name, (t) => {
    t.is(verdicts(kind, thresholds, results), expected);
  });
}

test('ports by number, digits and name', (t) => {
  const ports = [{ name: 'web', containerPort: 8080 }];
  t.is(probePort(80, ports), 80);
  t.is(probePort('81', ports), 81);
  t.is(probePort('web', ports), 8080);
  t.is(probePort('dns', ports), undefined);
});

test('a watch tells changes only, and stops', async (t) => {
  const results = [false, true, true, false, true];
  const heard: boolean[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  let rounds = 0;
  const stop = watchProbe({
    kind: 'readiness',
    probe: { ...probe(1, 1), periodSeconds: 0.001 },
    check: () => {
      rounds++;
      if (rounds > results.length) resolve();
      return Promise.resolve(results[rounds - 1] ?? true);
    },
    onVerdict: (passing) => heard.push(passing),
  });
  await promise;
  stop();
  t.deepEqual(heard, [true, false, true]);
});
