import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { svclab } from '../testing/svclab.ts';

const dump = join(import.meta.dirname, '../../model/rules/testdata/walk/rich-005.iptables.dump');
const nowhere = '/nonexistent';
const question = ['10.244.0.240', '10.96.5.2:39243/udp'];

test('explain --dump needs no lab and tells the way, the rules and the ends', async (t) => {
  const { status, stdout, stderr } = await svclab(nowhere, ['explain', '--dump', dump, '--in', 'cni0', ...question]);
  t.deepEqual([status, stderr], [0, '']);
  t.regex(stdout, /line 147, nat\/KUBE-SERVICES: jump KUBE-SVC-HSBITBTTQATQJDOP/);
  t.regex(stdout, /delivered +50\.0 % \(1\/2\) +10\.244\.0\.18:31032 +10\.244\.0\.240/);
  t.regex(stdout, /Taken for granted:/);
});

test('as JSON: exact fractions and rules with lines', async (t) => {
  const args = ['explain', '--dump', '-', '--in', 'cni0', ...question, '-o', 'json'];
  const { status, stdout } = await svclab(nowhere, args, { input: readFileSync(dump, 'utf8') });
  const { predicted, rules } = JSON.parse(stdout);
  t.is(status, 0);
  t.deepEqual(predicted[0], {
    outcome: 'delivered',
    endpoint: '10.244.0.18:31032',
    source: '10.244.0.240',
    probability: 0.5,
    fraction: '1/2',
  });
  t.deepEqual(Object.keys(rules[0]), ['line', 'table', 'chain', 'rule', 'verdict']);
});

test('many questions: a line of JSON each, in order', async (t) => {
  const input = `${question.join(' ')} cni0\n127.0.0.1 127.0.0.1:9/tcp\n`;
  const { status, stdout } = await svclab(nowhere, ['explain', '--dump', dump, '--questions', '-'], { input });
  const answers = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  t.is(status, 0);
  t.deepEqual(
    answers.map(({ predicted }) => predicted[0].endpoint),
    ['10.244.0.18:31032', '127.0.0.1:9'],
  );
});

for (const [name, args, input, message] of [
  ['a cut dump', ['--dump', '-', ...question], '*nat\n-A OUTPUT -j ACCEPT\n', /COMMIT[\s\S]*standard input:2/],
  ['no rules', ['--dump', '-', ...question], '### ip rule\n0:\tfrom all lookup local\n', /has no rules/],
  ['no file', ['--dump', '/nonexistent', ...question], '', /there is no file/],
  ['no destination', ['--dump', dump, '10.0.0.1'], '', /sender and a destination/],
  ['a bad question', ['--dump', dump, '--questions', '-'], '10.0.0.1 web:80\n', /standard input:1/],
  ['--in without --dump', ['--in', 'eth0', ...question], '', /need --dump/],
  ['nothing', [], '', /missing required argument 'from'/],
] as const) {
  test(`${name} is told`, async (t) => {
    const { status, stdout, stderr } = await svclab(nowhere, ['explain', ...args], { input });
    t.deepEqual([status, stdout], [2, '']);
    t.regex(stderr, message);
  });
}
