import test from 'ava';
import type { VerifyReport } from '../api/types.ts';
import type { ClusterView } from '../cluster/view.ts';
import { makeEndpoint, makeService, makeSlice, makeView } from '../model/testing/lab.ts';
import type { Prediction } from '../model/types.ts';
import { connectionsToTry } from './connections.ts';
import { runVerify } from './run.ts';
import { type Damage, predictor, world } from './testing/world.ts';

const view = makeView();

async function verify(
  damage: Damage | undefined,
  seed = 7,
  lab: ClusterView = view,
  to?: string,
): Promise<VerifyReport> {
  const tries = connectionsToTry(lab, to === undefined ? {} : { to });
  return runVerify({ view: lab, tries, predict: predictor(lab), probe: world(lab, seed, damage) });
}

test('an honest world agrees, whatever the seed', async (t) => {
  for (let seed = 1; seed <= 12; seed++) {
    const report = await verify(undefined, seed);
    t.is(report.disagreed, 0, `seed ${seed}: ${report.connections.find(({ agrees }) => !agrees)?.difference}`);
    t.is(report.agreed, report.connections.length);
  }
});

const faults: readonly (readonly [name: string, damage: Damage, expected: RegExp])[] = [
  [
    'an endpoint that gets nothing',
    (all) => (all.length > 1 ? all.filter(({ endpoint }) => endpoint !== '10.244.2.2:80') : all),
    /^Share: 10\.244\..* came up \d+ times of \d+; predicted was 50\.0 %\.$/,
  ],
  ['an endpoint with a share of one in ten', (all) => weigh(all, '10.244.2.2:80', 0.1), /^Share: /],
  [
    'a foreign endpoint',
    (all) =>
      all.map((one) =>
        one.endpoint === '10.244.2.2:80' ? { ...one, endpoint: '10.244.9.9:80', pod: 'default/other' } : one,
      ),
    /^Endpoint: 10\.244\.9\.9:80 \(default\/other\).* predicted was 10\.244\.1\.2:80 \(default\/httpd-0\)/,
  ],
  [
    'another source address',
    (all) => all.map((one) => (one.source === '10.244.1.1' ? { ...one, source: '192.168.56.11' } : one)),
    /^Source address: \S+ saw 192\.168\.56\.11.*; predicted was .*10\.244\.1\.1/,
  ],
  [
    'silence',
    (all) =>
      all.map((one) => (one.outcome === 'delivered' ? { outcome: 'dropped', probability: one.probability } : one)),
    /^Outcome: dropped.*; predicted was /,
  ],
  [
    'refusal in place of silence',
    (all) => all.map((one) => (one.outcome === 'dropped' ? { ...one, outcome: 'refused' } : one)),
    /^Outcome: refused; predicted was dropped\.$/,
  ],
  [
    'silence now and then',
    (all) => [...weighAll(all, 0.8), { outcome: 'dropped', probability: 0.2 }],
    /^Outcome: dropped/,
  ],
];

function weighAll(all: readonly Prediction[], factor: number): readonly Prediction[] {
  return all.map((one) => ({ ...one, probability: one.probability * factor }));
}

function weigh(all: readonly Prediction[], endpoint: string, probability: number): readonly Prediction[] {
  return all.map((one) => (one.endpoint === endpoint && all.length > 1 ? { ...one, probability } : one));
}

for (const [name, damage, expected] of faults) {
  test(`found and named: ${name}`, async (t) => {
    const report = await verify(damage, 3);
    const wrong = report.connections.filter(({ agrees }) => !agrees);
    t.true(wrong.length > 0);
    t.regex(wrong[0]?.difference ?? '', expected);
  });
}

test('failing fast: the run ends with the first difference, and an honest one looks at everything', async (t) => {
  const tries = connectionsToTry(view, {});
  const run = (damage?: Damage) =>
    runVerify({ view, tries, predict: predictor(view), probe: world(view, 3, damage), failFast: true });
  const honest = await run();
  t.is(honest.disagreed, 0);
  t.is(honest.connections.length, tries.length);
  t.is(honest.leftOut, undefined);
  const lame = await run((all) => weigh(all, '10.244.2.2:80', 0.1));
  t.true(lame.disagreed > 0);
  t.true(lame.connections.length < tries.length);
  t.regex(lame.leftOut?.[0] ?? '', /^Stopped at a difference: \d+ more were doubtful/);
});

test('a share that is off is found by what all senders together see, also where each of them sees too little', async (t) => {
  const lame: Damage = (all) => weigh(all, '10.244.2.2:80', 0.1);
  for (let seed = 1; seed <= 8; seed++) {
    const report = await verify(lame, seed, view, '10.96.203.6:8080');
    t.true(report.disagreed > 0, `seed ${seed}`);
  }
});

test('a silence that does not come again is no mismatch', async (t) => {
  const honest = world(view, 5);
  let looks = 0;
  const report = await runVerify({
    view,
    predict: predictor(view),
    tries: connectionsToTry(view, { from: 'pod/busybox', to: 'pod/httpd-1' }),
    probe: async (requests) =>
      looks++ === 0 ? requests.map(() => ({ outcome: 'dropped', milliseconds: 1000 })) : honest(requests),
  });
  t.is(looks, 2);
  t.is(report.disagreed, 0);
  t.deepEqual(
    report.connections[0]?.observed.map(({ outcome }) => outcome),
    ['delivered'],
  );
});

test('that nobody has an address is told after three questions, one a second: it gets four times the patience', async (t) => {
  const asked = async (to: string): Promise<readonly (number | undefined)[]> => {
    const seen: (number | undefined)[] = [];
    await runVerify({
      view,
      timeoutMs: 500,
      predict: predictor(view),
      tries: connectionsToTry(view, { from: 'pod/busybox', to }),
      probe: async (requests) => {
        seen.push(...requests.map(({ timeoutMs }) => timeoutMs));
        return world(view, 5)(requests);
      },
    });
    return [...new Set(seen)];
  };
  t.deepEqual(await asked('tcp://192.168.56.99:80'), [2000]);
  t.deepEqual(await asked('tcp://10.244.77.2:80'), [500]);
});

test('answers that tell neither Pod nor source are compared by what they tell', async (t) => {
  const honest = world(view, 5);
  const report = await runVerify({
    view,
    predict: predictor(view),
    tries: connectionsToTry(view, { to: 'svc/httpd' }),
    probe: async (requests) => (await honest(requests)).map(({ outcome }) => ({ outcome, milliseconds: 1 })),
  });
  t.is(report.disagreed, 0);
});

const affinity = makeView({
  slices: [makeSlice('redis', 80, [makeEndpoint('10.244.1.2', 'node1'), makeEndpoint('10.244.2.2', 'node2')])],
});

test('session affinity: one endpoint for ever agrees, another each time does not', async (t) => {
  t.is((await verify(undefined, 3, affinity, '10.96.0.23:6379')).disagreed, 0);
  const forgetful = world(affinity, 3);
  let call = 0;
  const report = await runVerify({
    view: affinity,
    predict: predictor(affinity),
    tries: connectionsToTry(affinity, { from: 'pod/busybox', to: '10.96.0.23:6379' }),
    probe: async (requests) =>
      (await forgetful(requests)).map((one) => {
        const last = call++ % 2 === 0 ? '10.244.1.2:80' : '10.244.2.2:80';
        return { outcome: one.outcome, endpoint: last, milliseconds: 1 };
      }),
  });
  t.regex(report.connections[0]?.difference ?? '', /^Session affinity: /);
});

test('all requests of a look go to the probe at once, after all predictions', async (t) => {
  const honest = world(view, 1);
  const calls: number[] = [];
  const progress: string[] = [];
  await runVerify({
    view,
    predict: predictor(view),
    tries: connectionsToTry(view),
    probe: (requests) => {
      calls.push(requests.length);
      return honest(requests);
    },
    onProgress: (done, total) => progress.push(`${done}/${total}`),
  });
  t.true(calls.length <= 2);
  t.is(progress[0], `0/${calls[0]}`);
});

test('what cannot be tried is said', async (t) => {
  t.is((await verify(undefined)).leftOut, undefined);
  const port = { port: 9, protocol: 'SCTP', targetPort: 9 } as const;
  const spec = { clusterIP: '10.96.0.77', clusterIPs: ['10.96.0.77'] };
  const services = [
    ...view.services,
    makeService('a', { ...spec, ports: [port] }),
    makeService('b', { ...spec, ports: [port, { ...port, name: 'p', port: 10 }] }),
  ];
  const report = await verify(undefined, 7, makeView({ services }));
  t.is(report.disagreed, 0);
  t.deepEqual(report.leftOut, ['Left out: svclab cannot connect over SCTP (default/a and 2 more).']);
});
