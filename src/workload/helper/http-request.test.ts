import test from 'ava';
import fc from 'fast-check';
import { createHttpParser } from './http-request.ts';

const host = 'Host: x\r\n';

function parse(text: string) {
  return createHttpParser()(Buffer.from(text, 'latin1'));
}

test('requests one after another, with bodies', (t) => {
  const { requests, error } = parse(
    `GET /a?b HTTP/1.1\r\n${host}\r\nPOST http://x/c HTTP/1.1\r\n${host}Content-Length: 3\r\n\r\nxyz` +
      `PUT / HTTP/1.0\n\nPOST / HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\n2;a=b\r\nhi\r\n1\r\n!\r\n0\r\nT: t\r\n\r\n`,
  );
  t.is(error, undefined);
  t.deepEqual(
    requests.map(({ method, target, version, body }) => [method, target, version, body.toString()]),
    [
      ['GET', '/a?b', '1.1', ''],
      ['POST', '/c', '1.1', 'xyz'],
      ['PUT', '/', '1.0', ''],
      ['POST', '/', '1.1', 'hi!'],
    ],
  );
});

const bad: readonly (readonly [string, string, number])[] = [
  ['no request line', 'hello\r\n\r\n', 400],
  ['a space too many', `GET / x HTTP/1.1\r\n${host}\r\n`, 400],
  ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\n', 505],
  ['no Host', 'GET / HTTP/1.1\r\n\r\n', 400],
  ['a header without colon', `GET / HTTP/1.1\r\n${host}oops\r\n\r\n`, 400],
  ['a space before the colon', `GET / HTTP/1.1\r\n${host}a : b\r\n\r\n`, 400],
  ['two lengths', `GET / HTTP/1.1\r\n${host}Content-Length: 1\r\nContent-Length: 2\r\n\r\n`, 400],
  ['length and chunks', `GET / HTTP/1.1\r\n${host}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n`, 400],
  ['a negative length', `GET / HTTP/1.1\r\n${host}Content-Length: -1\r\n\r\n`, 400],
  ['a chunk that is no number', `GET / HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\nzz\r\n`, 400],
  ['a huge body', `GET / HTTP/1.1\r\n${host}Content-Length: 99999999\r\n\r\n`, 413],
  ['a huge head', `GET / HTTP/1.1\r\n${host}a: ${'x'.repeat(20_000)}`, 431],
];

for (const [name, text, status] of bad) {
  test(`${name}: ${status}`, (t) => {
    t.is(parse(text).error, status);
  });
}

test('100-continue is asked for once', (t) => {
  const feed = createHttpParser();
  const head = feed(Buffer.from(`POST / HTTP/1.1\r\n${host}Expect: 100-continue\r\nContent-Length: 2\r\n\r\n`));
  t.true(head.expectsContinue);
  t.false(feed(Buffer.from('a')).expectsContinue);
  t.is(feed(Buffer.from('b')).requests[0]?.body.toString(), 'ab');
});

test('requests come out whole however the bytes are cut, and no bytes make it throw', (t) => {
  const bytes = Buffer.from(`GET /1 HTTP/1.1\r\n${host}\r\nPOST /2 HTTP/1.1\r\n${host}Content-Length: 4\r\n\r\nbody`);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 30 })), (cuts) => {
      const feed = createHttpParser();
      const targets: string[] = [];
      let at = 0;
      for (const cut of [...cuts, bytes.length]) {
        if (at < bytes.length) targets.push(...feed(bytes.subarray(at, at + cut)).requests.map((r) => r.target));
        at += cut;
      }
      t.deepEqual(targets, ['/1', '/2']);
    }),
  );
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.boolean(), (text, request) => {
      t.notThrows(() => parse(request ? `GET / HTTP/1.1\r\n${text}\r\n\r\n` : text));
    }),
  );
});
