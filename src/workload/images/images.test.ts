import test from 'ava';
import { testEnds, testIdentity, testRequest } from '../testing.ts';
import { behaviourOf } from './registry.ts';
import type { Handlers } from './types.ts';

function handlers(behaviour: string, image: string): Handlers {
  const found = behaviourOf(behaviour);
  if (found === undefined) throw new Error(`no behaviour ${behaviour}`);
  return found.behaviour(testIdentity(image), found.parameter, '');
}

function get(behaviour: string, image: string, target = '/', method = 'GET') {
  const response = handlers(behaviour, image).http?.(testRequest(target, { method }), testEnds);
  return { ...response, headers: Object.fromEntries(response?.headers ?? []) as Record<string, string> };
}

test('httpd answers its page as Apache does', (t) => {
  const { body, headers, status } = get('httpd', 'httpd:2.4.58');
  t.is(body, '<html><body><h1>It works!</h1></body></html>\n');
  t.is(body?.length, 0x2d);
  t.is(headers.Server, 'Apache/2.4.58 (Unix)');
  t.is(headers['Content-Type'], 'text/html');
  t.is(status, undefined);
  t.is(get('httpd', 'httpd', '/nothing').status, 404);
  t.is(get('httpd', 'httpd', '/', 'DELETE').status, 405);
});

test('nginx answers its welcome page of 615 bytes', (t) => {
  const { body, headers } = get('nginx', 'nginx:1.25.3-alpine');
  t.is(Buffer.byteLength(body ?? ''), 615);
  t.is(headers.Server, 'nginx/1.25.3');
  t.is(get('nginx', 'nginx', '/x').status, 404);
});

test('netexec', (t) => {
  const of = (target: string) => get('netexec', 'agnhost', target).body;
  t.is(of('/hostname'), 'web-0');
  t.is(of('/clientip'), '10.244.2.7:43210');
  t.is(of('/echo?msg=a%20b'), 'a b');
  t.is(get('netexec', 'agnhost', '/echo?msg=x&code=503').status, 503);
  t.is(of('/healthz'), '');
  t.is(of('/header?key=accept'), '*/*');
  t.regex(of('/anything') ?? '', /^NOW: \d/);
  t.notThrows(() => of('/echo?msg=%zz'));
});

test('datagrams of netexec', (t) => {
  const say = (text: string) => handlers('netexec', 'agnhost').datagram?.(Buffer.from(text), testEnds);
  t.is(say('hostname\n'), 'web-0');
  t.is(say('echo abc'), 'abc');
  t.is(say('clientip'), '10.244.2.7:43210');
  t.is(say('nonsense'), undefined);
});

test('serve-hostname', (t) => {
  t.is(get('hostname', 'serve_hostname').body, 'web-0');
  t.deepEqual(handlers('hostname-raw', 'agnhost').session?.(testEnds).greeting, { data: 'web-0', end: true });
});

test('echoserver 1.4 and 1.10', (t) => {
  const old = get('echoserver', 'k8s.gcr.io/echoserver:1.4', '/a?b=c').body ?? '';
  t.true(old.startsWith('CLIENT VALUES:\nclient_address=10.244.2.7\ncommand=GET\nreal path=/a?b=c\nquery=b=c\n'));
  t.true(old.includes('request_uri=http://10.96.0.9:8080/a?b=c\n'));
  t.true(old.endsWith('HEADERS RECEIVED:\naccept=*/*\nhost=10.96.0.9:8080\nBODY:\n-no body in request-'));
  const later = get('echoserver', 'registry.k8s.io/echoserver:1.10').body ?? '';
  t.true(later.startsWith('\n\nHostname: web-0\n\nPod Information:\n\tnode name:\tnode1\n'));
  t.true(later.includes('\tclient_address=10.244.2.7\n'));
});

test('http-echo says its text, colons and all', (t) => {
  t.is(get('http-echo:a: b', 'http-echo').body, 'a: b\n');
});

test('an unknown image names the Pod on HTTP, lines and datagrams', (t) => {
  const line = 'default/web-0 (10.244.1.2:8080) on node1, image shop:1, answers 10.244.2.7\n';
  const { http, session, datagram } = handlers('generic', 'shop:1');
  t.is(http?.(testRequest('/'), testEnds).body, line);
  t.is(session?.(testEnds).receive?.(Buffer.from('a\nb\n'))?.data, line + line);
  t.is(session?.(testEnds).receive?.(Buffer.from('half')), undefined);
  t.is(datagram?.(Buffer.from('x'), testEnds), line);
});
