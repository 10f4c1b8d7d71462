import test from 'ava';
import type { LabError } from '../../errors.ts';
import { parseQuestion, parseQuestions } from './question.ts';

const questions: readonly (readonly [to: string, protocol: string, destination: string, port: number | undefined])[] = [
  ['10.0.0.2:80', 'tcp', '10.0.0.2', 80],
  ['10.0.0.2:53/udp', 'udp', '10.0.0.2', 53],
  ['10.0.0.2:53/UDP', 'udp', '10.0.0.2', 53],
  ['10.0.0.2:9/sctp', 'sctp', '10.0.0.2', 9],
  ['10.0.0.2/icmp', 'icmp', '10.0.0.2', undefined],
  ['10.0.0.2:https', 'tcp', '10.0.0.2', 443],
];

for (const [to, protocol, destination, port] of questions) {
  test(`10.0.0.1 ${to}`, (t) => {
    const expected = { source: '10.0.0.1', destination, protocol, ...(port === undefined ? {} : { port }) };
    t.deepEqual(parseQuestion('10.0.0.1', to, undefined), expected as never);
  });
}

test('IPv6 in brackets', (t) => {
  const { destination, port, protocol } = parseQuestion('fd00::1', '[fd00:0::2]:80/udp', 'eth0');
  t.deepEqual([destination, port, protocol], ['fd00::2', 80, 'udp'] as never);
  t.is(parseQuestion('fd00::1', 'fd00::2/icmp', undefined).protocol, 'icmpv6');
});

for (const [from, to] of [
  ['10.0.0', '10.0.0.2:80'],
  ['10.0.0.1', '10.0.0.2'],
  ['10.0.0.1', '10.0.0.2:0'],
  ['10.0.0.1', '10.0.0.2:70000'],
  ['10.0.0.1', '10.0.0.2:80/icmp'],
  ['10.0.0.1', '10.0.0.2/gre'],
  ['10.0.0.1', '10.0.0.2:80/http'],
  ['10.0.0.1', '[fd00::1]:80'],
  ['10.0.0.1', 'web:80'],
] as const) {
  test(`no question: ${from} ${to}`, (t) => {
    t.truthy(t.throws<LabError>(() => parseQuestion(from, to, undefined), { code: 'usage' })?.hint);
  });
}

test('questions of a file, in order, with the line of a bad one', (t) => {
  const text = '# many\n10.0.0.1 10.0.0.2:80/tcp eth0\n\n  10.0.0.1   10.0.0.2:53/udp\n';
  t.deepEqual(
    parseQuestions(text, 'q').map(({ port, inInterface }) => [port, inInterface]),
    [
      [80, 'eth0'],
      [53, undefined],
    ],
  );
  const error = t.throws<LabError>(() => parseQuestions('10.0.0.1 10.0.0.2:80\n10.0.0.1\n', 'q'), { code: 'usage' });
  t.deepEqual(error?.place, { file: 'q', line: 2 });
});
