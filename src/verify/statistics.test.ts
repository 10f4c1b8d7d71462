import test from 'ava';
import { alarmBelow, firstLook, missedSuspiciously, secondLook, withinBudget } from './plan-samples.ts';
import { binomial, binomialTails, pValue } from './statistics.ts';
import { generator } from './testing/random.ts';

test('binomial probabilities against values worked out by hand', (t) => {
  const close = (a: number, b: number) => t.true(Math.abs(a - b) < 1e-12, `${a} is not ${b}`);
  close(binomial(4, 2, 0.5), 6 / 16);
  close(binomial(3, 0, 1 / 3), 8 / 27);
  close(binomialTails(4, 1, 0.5).atMost, 5 / 16);
  close(binomialTails(4, 1, 0.5).atLeast, 15 / 16);
  close(binomialTails(10, 10, 0.25).atLeast, 0.25 ** 10);
  t.is(binomial(5, 5, 1), 1);
  t.is(binomial(5, 1, 0), 0);
});

test('p-values of clear cases', (t) => {
  t.is(pValue([{ probability: 1, count: 7 }]), 1);
  t.is(
    pValue([
      { probability: 0, count: 1 },
      { probability: 1, count: 99 },
    ]),
    0,
  );
  t.is(
    pValue([
      { probability: 0.5, count: 50 },
      { probability: 0.5, count: 50 },
    ]),
    1,
  );
  t.is(
    pValue([
      { probability: 0.5, count: 10 },
      { probability: 0.5, count: 0 },
    ]),
    4 * 2 ** -10,
  );
  t.true(
    pValue([
      { probability: 0.5, count: 140 },
      { probability: 0.5, count: 60 },
    ]) < 1e-6,
  );
});

test('lengths of the looks', (t) => {
  t.is(firstLook([1]), 1);
  t.is(firstLook([0.5, 0.5]), 10);
  t.is(firstLook([1 / 3, 1 / 3, 1 / 3]), 18);
  t.is(firstLook(Array<number>(1000).fill(1e-3)), 1500);
  for (const outcomes of [2, 3, 10, 100]) {
    const shares = Array<number>(outcomes).fill(1 / outcomes);
    const trials = secondLook(shares, 1000);
    const absent = shares.map((probability, i) => ({ probability, count: i === 0 ? 0 : trials / (outcomes - 1) }));
    t.true(pValue(absent.map((one) => ({ ...one, count: Math.ceil(one.count) }))) < alarmBelow(1000), `${outcomes}`);
  }
  t.deepEqual(withinBudget([1, 10, 100], 1000), [1, 10, 100]);
  const capped = withinBudget(Array<number>(100).fill(500), 5000);
  t.true(capped.reduce((a, b) => a + b, 0) <= 5000 && capped.every((times) => times >= 40), String(capped[0]));
  t.deepEqual(withinBudget([5, 5, 5], 2), [1, 1, 1]);
  t.true(missedSuspiciously(0.5, 10));
  t.false(missedSuspiciously(0.5, 9));
});

test('right predictions give p-values below x with a chance of at most x', (t) => {
  const seed = 20_261_121;
  const random = generator(seed);
  const runs = 4000;
  for (const outcomes of [2, 3, 7]) {
    for (const trials of [10, 60]) {
      const values = Array.from({ length: runs }, () => pValue(sample(random, outcomes, trials)));
      for (const x of [0.2, 0.05, 0.01]) {
        const below = values.filter((value) => value <= x).length;
        const slack = 5 * Math.sqrt(runs * x);
        t.true(
          below <= runs * x + slack,
          `seed ${seed}: ${outcomes} outcomes, ${trials} trials: ${below} of ${runs} below ${x}`,
        );
      }
    }
  }
});

function sample(random: () => number, outcomes: number, trials: number) {
  const counts = Array<number>(outcomes).fill(0);
  for (let i = 0; i < trials; i++) {
    const at = Math.floor(random() * outcomes);
    counts[at] = (counts[at] ?? 0) + 1;
  }
  return counts.map((count) => ({ probability: 1 / outcomes, count }));
}
