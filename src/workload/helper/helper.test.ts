import test from 'ava';
import { testEnds, testIdentity } from '../testing.ts';
import { createLineReader } from './lines.ts';
import { matchWho, plainAddress, whoLine } from './who.ts';

test('lines come out whole however they are cut', (t) => {
  const lines: string[] = [];
  const read = createLineReader((line) => lines.push(line));
  for (const chunk of ['{"a"', ':1}\n\n{"b":2}\n{"', 'ü', '":3}', '\n']) read(Buffer.from(chunk));
  t.deepEqual(lines, ['{"a":1}', '{"b":2}', '{"ü":3}']);
});

test('SVCLAB WHO is known from its first bytes on', (t) => {
  t.is(matchWho(Buffer.from('S')), 'partly');
  t.is(matchWho(Buffer.from('SVCLAB WHO')), 'partly');
  t.is(matchWho(Buffer.from('SVCLAB WHO\nPING')), 'yes');
  t.is(matchWho(Buffer.from('SVCLAB WHAT')), 'no');
  t.is(matchWho(Buffer.from('GET /')), 'no');
});

test('who answers', (t) => {
  t.is(
    whoLine(testIdentity('httpd'), testEnds),
    '{"pod":"default/web-0","endpoint":"10.244.1.2:8080","source":"10.244.2.7"}\n',
  );
  t.is(
    whoLine(testIdentity('httpd'), { ...testEnds, localAddress: 'fd00::1' }),
    '{"pod":"default/web-0","endpoint":"[fd00::1]:8080","source":"10.244.2.7"}\n',
  );
});

test('addresses are plain', (t) => {
  t.is(plainAddress('::ffff:10.0.0.1'), '10.0.0.1');
  t.is(plainAddress('fe80::1%eth0'), 'fe80::1');
  t.is(plainAddress('fd00::1'), 'fd00::1');
});
