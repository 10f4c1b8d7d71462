import test from 'ava';
import { identityFromLine, parseHttpAnswer } from './identity.ts';

test('the answer to SVCLAB WHO', (t) => {
  const identity = { pod: 'default/web-0', endpoint: '10.244.1.2:80', source: '10.244.1.7' };
  t.deepEqual(identityFromLine(`${JSON.stringify({ ...identity, more: 1 })}\nrest`), identity);
});

for (const text of ['', 'hello', '{', '{"pod":1}', '[]', 'null', '{"endpoint":null}\n']) {
  test(`no identity in ${JSON.stringify(text)}`, (t) => {
    t.deepEqual(identityFromLine(text), {});
  });
}

test('an HTTP answer', (t) => {
  const text = 'HTTP/1.1 200 OK\r\nSVCLAB-Pod: a/b\r\nX: y\r\nsvclab-source:10.0.0.1\r\n\r\nbody\n';
  t.deepEqual(parseHttpAnswer(text), { status: 200, identity: { pod: 'a/b', source: '10.0.0.1' }, body: 'body\n' });
  t.is(parseHttpAnswer('SSH-2.0-x\r\n'), undefined);
});
