import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { renderDocument } from './document.ts';
import { chainsOf } from './iptables.ts';
import { parseOptions } from './options.ts';
import { sampleOf } from './sample.ts';
import { isGood, scoreOf, shareCaught, speaksAgainst, summary, wantedShare } from './score.ts';
import { whyEitherOrder } from './swaps.ts';
import type { Mutant, Result } from './types.ts';

const save = `*nat
:PREROUTING ACCEPT [0:0]
:KUBE-SERVICES - [0:0]
-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
-A KUBE-SERVICES -d 10.96.1.1/32 -p tcp -m tcp --dport 80 -j KUBE-SVC-A
-A KUBE-SERVICES -d 10.96.1.2/32 -p tcp -m tcp --dport 80 -j KUBE-SVC-B
COMMIT
*filter
:FORWARD DROP [1:52]
COMMIT
`;

function mutantOf(kind: string, what = 'x'): Mutant {
  return { kind, what, target: 'node1', change: { argv: ['true'] } };
}

function resultOf(verdict: Result['verdict'], kind = 'route: gone', why = ''): Result {
  return { mutant: mutantOf(kind), mode: 'iptables', verdict, why, repaired: true };
}

test('chains of iptables-save: rules have their table, chain and number', (t) => {
  const chains = chainsOf(save);
  t.deepEqual(
    chains.map(({ table, name, policy, rules }) => [table, name, policy, rules.length]),
    [
      ['nat', 'PREROUTING', 'ACCEPT', 1],
      ['nat', 'KUBE-SERVICES', undefined, 2],
      ['filter', 'FORWARD', 'DROP', 0],
    ],
  );
  const text = '-d 10.96.1.2/32 -p tcp -m tcp --dport 80 -j KUBE-SVC-B';
  t.deepEqual(chains[1]?.rules[1], { table: 'nat', chain: 'KUBE-SERVICES', number: 2, text });
});

const orders: readonly (readonly [a: string, b: string, expected: RegExp | undefined])[] = [
  ['-d 10.96.1.1/32 -j A', '-d 10.96.1.2/32 -j B', /No packet matches both/],
  ['-d 10.96.1.1/32 -j A', '-d 10.96.1.1/32 -j B', undefined],
  ['-s 10.244.0.0/16 -j A', '! -s 10.244.0.0/16 -j B', /No packet matches both/],
  ['! -s 10.244.0.0/32 -j A', '! -s 10.244.0.1/32 -j B', undefined],
  ['-d 10.244.0.0/16 -j A', '-d 10.244.1.0/24 -j B', undefined],
  ['-p tcp -m tcp --dport 80 -j A', '-p tcp -m tcp --dport 81 -j B', /No packet matches both/],
  ['-p tcp -j A', '-p udp -j B', /No packet matches both/],
  ['-m mark --mark 0x4000/0x4000 -j A', '-m mark ! --mark 0x4000/0x4000 -j B', /No packet matches both/],
  ['-s 1.2.3.4/32 -j RETURN', '-j RETURN', /same/],
  ['-m comment --comment note', '-j DROP', /without a target/],
  ['-m statistic --mode random --probability 0.5 -j A', '-j B', undefined],
];

for (const [a, b, expected] of orders) {
  test(`either order: ${a} and ${b}`, (t) => {
    for (const why of [whyEitherOrder(a, b), whyEitherOrder(b, a)]) {
      if (expected === undefined) t.is(why, undefined);
      else t.regex(why ?? '', expected);
    }
  });
}

test('a sample: the seed decides, rare kinds have their turn, nothing comes twice', (t) => {
  const all = [
    ...Array.from({ length: 200 }, (_, i) => mutantOf('many', String(i))),
    ...['a', 'b', 'c'].map((kind) => mutantOf(kind)),
  ];
  const drawn = sampleOf(all, 40, 7);
  t.deepEqual(sampleOf(all, 40, 7), drawn);
  t.notDeepEqual(sampleOf(all, 40, 8), drawn);
  t.is(new Set(drawn).size, 40);
  t.is(new Set(drawn.map(({ kind }) => kind)).size, 4);
  t.is(sampleOf(all, 1_000, 7).length, all.length);
});

test('the score: what makes no difference does not count, what is not repaired is not good', (t) => {
  const caught = Array.from({ length: 19 }, () => resultOf('caught'));
  const good = [...caught, resultOf('missed'), resultOf('neutral'), resultOf('not made')];
  t.is(shareCaught(scoreOf(good)), 0.95);
  t.true(isGood(good));
  t.regex(summary(good), /^19 caught, 1 missed, 1 neutral: 95\.0 %.*\n1 were not made/);
  t.false(isGood([...good, resultOf('missed')]));
  t.false(isGood([...good, { ...resultOf('caught'), left: 'new: x' }]));
});

test('the document: the same for the same results, in lines of at most 100 characters', (t) => {
  const results = [
    resultOf('caught', 'b'),
    resultOf(
      'neutral',
      'a',
      'Because it makes no difference to anybody who connects to anything in any of the labs, ever.',
    ),
    resultOf('missed', 'c'),
  ];
  const text = renderDocument(results);
  t.is(renderDocument([...results].reverse()), text);
  t.true(text.split('\n').every((line) => line.length <= 100));
  t.regex(text, /\| a \| 1 \| 0 \| 1 \| 0 \| {2}\|\n\| b \| 1 \| 1 \| 0 \| 0 \| 100\.0 % \|/);
  t.regex(text, /Nobody knows why\. \(c\)/);
});

test('docs/mutation.md tells of a score that is good enough', (t) => {
  const file = join(import.meta.dirname, '..', '..', 'docs', 'mutation.md');
  t.true(existsSync(file));
  const share = /^\| \*\*all\*\* .* ([\d.]+) % \|$/m.exec(readFileSync(file, 'utf8'))?.[1];
  t.true(Number(share) >= 100 * wantedShare, share);
});

test('arguments: both modes unless told otherwise; what makes no sense is refused', (t) => {
  t.deepEqual(parseOptions([]).modes, ['iptables', 'nftables']);
  t.deepEqual(parseOptions(['--mode', 'nftables', '--sample', '5']).modes, ['nftables']);
  t.true(parseOptions(['-o', 'json']).json);
  for (const args of [
    ['--mode', 'ipvs'],
    ['--sample', '0'],
    ['--labs', 'x'],
    ['-o', 'yaml'],
    ['--write', '--sample', '3'],
  ]) {
    t.throws(() => parseOptions(args), undefined, args.join(' '));
  }
});

test('a small sample speaks against the wanted share only when it misses many', (t) => {
  const of = (caught: number, missed: number) => speaksAgainst({ caught, missed, neutral: 0, notMade: 0 });
  t.deepEqual([of(0, 0), of(17, 0), of(15, 2), of(10, 7), of(900, 100)], [false, false, false, true, true]);
});
