import test from 'ava';
import fc from 'fast-check';
import { testEnds, testIdentity } from '../../testing.ts';
import { redis } from '../redis.ts';
import { createParser } from './resp.ts';

function connect(): (text: string) => string {
  const handlers = redis.behaviours.redis?.(testIdentity('redis'), '', '');
  const session = handlers?.session?.(testEnds);
  return (text) => {
    const reply = session?.receive?.(Buffer.from(text, 'latin1'));
    return reply === undefined ? '' : `${reply.data.toString()}${reply.end === true ? '(end)' : ''}`;
  };
}

const exchange: readonly (readonly [string, string])[] = [
  ['PING\r\n', '+PONG\r\n'],
  ['*1\r\n$4\r\nping\r\n', '+PONG\r\n'],
  ['*2\r\n$4\r\nECHO\r\n$5\r\na\r\nb!\r\n', '$5\r\na\r\nb!\r\n'],
  ['SET greeting "hello world"\n', '+OK\r\n'],
  ['GET greeting\n', '$11\r\nhello world\r\n'],
  ['INCR n\r\nINCR n\r\n', ':1\r\n:2\r\n'],
  ['INCR greeting\n', '-ERR value is not an integer or out of range\r\n'],
  ['SET n 5 NX\n', '$-1\r\n'],
  ['DEL n greeting nothing\n', ':2\r\n'],
  ['GET n\n', '$-1\r\n'],
  ['GET\n', "-ERR wrong number of arguments for 'get' command\r\n"],
  ['FLY away now\n', "-ERR unknown command 'FLY', with args beginning with: 'away' 'now' \r\n"],
  ['COMMAND DOCS\n', '*0\r\n'],
  ['\r\n', ''],
  ['QUIT\r\nPING\r\n', '+OK\r\n(end)'],
];

test('a conversation', (t) => {
  const say = connect();
  for (const [said, answer] of exchange) t.is(say(said), answer, JSON.stringify(said));
});

test('INFO names the server', (t) => {
  t.regex(connect()('INFO\n'), /^\$\d+\r\n# Server\r\nredis_version:/);
});

test('what is no RESP ends the connection', (t) => {
  t.is(connect()('*x\r\n'), '-ERR Protocol error: invalid multibulk length\r\n(end)');
  t.is(connect()('*1\r\n+PING\r\n'), "-ERR Protocol error: expected '$', got '+'\r\n(end)");
  t.is(connect()('*1\r\n$-5\r\n'), '-ERR Protocol error: invalid bulk length\r\n(end)');
  t.is(connect()('GET "x\n'), '-ERR Protocol error: unbalanced quotes in request\r\n(end)');
});

test('commands come out whole however the bytes are cut', (t) => {
  const words = fc.array(fc.string({ unit: 'binary-ascii', minLength: 1 }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(fc.array(words, { minLength: 1, maxLength: 5 }), fc.array(fc.nat(40)), (commands, cuts) => {
      const bytes = Buffer.from(
        commands.map((c) => `*${c.length}\r\n${c.map((w) => `$${w.length}\r\n${w}\r\n`).join('')}`).join(''),
        'latin1',
      );
      const parse = createParser();
      const found: (readonly string[])[] = [];
      let at = 0;
      for (const cut of [...cuts, bytes.length]) {
        found.push(...parse(bytes.subarray(at, at + cut)).commands);
        at += cut;
      }
      t.deepEqual(found, commands);
    }),
  );
});
