import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import { requireTool } from '../../kernel/tools.ts';
import type { EndpointSlice } from '../../kinds/types/endpointslice.ts';
import { parseIP } from '../../net/address.ts';
import { noOutside, type Outside } from '../outside.ts';
import { Responder } from '../responder.ts';
import { goldenAnswers, goldenOptions, goldenSerial, goldenZone } from '../testing/golden.ts';
import { zoneChange } from '../zone-item.ts';
import { listenDns } from './listen.ts';
import { answerTo, udpSocket } from './udp.ts';

const run = promisify(execFile);

async function serve(t: ExecutionContext, outside: Outside = noOutside, zone = goldenZone()) {
  const listener = await listenDns(new Responder(zone, goldenOptions, outside), '127.0.0.1', 0);
  t.teardown(listener.close);
  const dig = async (...args: readonly string[]) => {
    const server = ['@127.0.0.1', '-p', String(listener.port), '+nocookie', '+norec', '+tries=1', '+time=3'];
    const { stdout } = await run(requireTool('dig'), [...server, ...args]);
    return stdout;
  };
  return { ...listener, dig };
}

/** Records of one section of dig's output, as the golden answers write them. */
function sectionOf(output: string, name: string): readonly string[] {
  const text = new RegExp(`;; ${name} SECTION:\n((?:[^;\n].*\n)*)`).exec(output)?.[1] ?? '';
  const lines = text.split('\n').filter((line) => line !== '');
  return lines
    .map((line) =>
      line
        .replace(/\s+IN\s+/, ' ')
        .replaceAll(/\s+/g, ' ')
        .replace(` ${goldenSerial} `, ' SERIAL '),
    )
    .sort();
}

test('dig gets every golden answer, over UDP and over TCP', async (t) => {
  const { dig } = await serve(t);
  for (const transport of ['+notcp', '+tcp']) {
    const questions = goldenAnswers.flatMap(({ query, type }) => ['-q', query, '-t', type]);
    const output = await dig('+noedns', transport, ...questions);
    const replies = output.split(';; Got answer:').slice(1);
    t.is(replies.length, goldenAnswers.length);
    for (const [at, golden] of goldenAnswers.entries()) {
      const reply = replies[at] ?? '';
      const what = `${golden.query} ${golden.type} ${transport}`;
      t.is(/status: (\w+)/.exec(reply)?.[1], golden.rcode, what);
      t.is(/flags:[^;]* aa/.test(reply), golden.aa, what);
      t.deepEqual(sectionOf(reply, 'ANSWER'), golden.answer.toSorted(), what);
      t.deepEqual(sectionOf(reply, 'AUTHORITY'), golden.authority.toSorted(), what);
      t.deepEqual(sectionOf(reply, 'ADDITIONAL'), golden.additional.toSorted(), what);
    }
  }
});

const large: EndpointSlice = {
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name: 'empty-1', namespace: 'default', labels: { 'kubernetes.io/service-name': 'empty' } },
  addressType: 'IPv4',
  endpoints: Array.from({ length: 200 }, (_, at) => ({ addresses: [`10.244.0.${at + 1}`] })),
};

test('an answer that is too large is truncated, and dig comes again by TCP', async (t) => {
  const zone = goldenZone();
  zone.apply([zoneChange(large)], 1);
  const { dig } = await serve(t, noOutside, zone);
  const name = 'empty.default.svc.cluster.local';
  const cut = await dig('+noedns', '+ignore', name);
  t.regex(cut, /flags: qr aa tc;/);
  const size = Number(/MSG SIZE {2}rcvd: (\d+)/.exec(cut)?.[1]);
  t.true(size <= 512 && size > 480, String(size));
  t.is(sectionOf(await dig('+noedns', name), 'ANSWER').length, 200);
  t.is(sectionOf(await dig('+bufsize=4096', '+ignore', name), 'ANSWER').length, 200);
  t.regex(await dig('+bufsize=1232', '+dnssec', name), /EDNS: version: 0, flags: do; udp: 1232/);
});

test('an SRV answer whose targets have no room for their addresses is truncated too', async (t) => {
  const zone = goldenZone();
  const endpoints = Array.from({ length: 6 }, (_, at) => ({ addresses: [`10.244.0.${at + 1}`] }));
  const slice = { ...large, endpoints, ports: [{ name: 'http', port: 80, protocol: 'TCP' as const }] };
  zone.apply([zoneChange(slice)], 1);
  const { dig } = await serve(t, noOutside, zone);
  const question = ['+noedns', 'empty.default.svc.cluster.local', 'SRV'];
  const cut = await dig('+ignore', ...question);
  t.regex(cut, /flags: qr aa tc;/);
  const whole = await dig(...question);
  t.deepEqual([sectionOf(whole, 'ANSWER').length, sectionOf(whole, 'ADDITIONAL').length], [6, 6]);
  t.is(sectionOf(cut, 'ANSWER').length, 6);
  t.true(sectionOf(cut, 'ADDITIONAL').length < 6);
});

test('what is not answered says why', async (t) => {
  const { dig } = await serve(t);
  const name = 'web.default.svc.cluster.local';
  t.regex(await dig(name, 'ANY'), /status: REFUSED/);
  t.regex(await dig('-c', 'CH', name), /status: REFUSED/);
  t.regex(await dig('+edns=1', '+noednsneg', name), /status: BADVERS/);
  t.regex(await dig('+opcode=STATUS', name), /status: NOTIMP/);
  t.regex(await dig('example.com'), /status: SERVFAIL/);
  t.regex(
    await dig('WeB-0.web.DEFAULT.svc.Cluster.Local'),
    /\nWeB-0\.web\.DEFAULT\.svc\.Cluster\.Local\.\s+30\s+IN\s+A\s+10\.244\.1\.31\n/,
  );
});

test('names outside: fixed hosts, stub domains and upstreams; ExternalName is followed', async (t) => {
  const world = await serve(t, { ...noOutside, hosts: new Map([['www.example.com', [parseIP('203.0.113.7')]]]) });
  const there = [{ address: parseIP('127.0.0.1'), port: world.port }];
  const hosts = new Map([['my.database.example.com', [parseIP('203.0.113.9'), parseIP('2001:db8::9')]]]);
  const { dig } = await serve(t, { hosts, stubDomains: new Map([['example.com', there]]), upstreams: [] });
  t.deepEqual(sectionOf(await dig('my.database.example.com'), 'ANSWER'), ['my.database.example.com. 30 A 203.0.113.9']);
  t.deepEqual(sectionOf(await dig('my.database.example.com', 'MX'), 'ANSWER'), []);
  t.deepEqual(sectionOf(await dig('-x', '203.0.113.9'), 'ANSWER'), [
    '9.113.0.203.in-addr.arpa. 30 PTR my.database.example.com.',
  ]);
  t.regex(await dig('-x', '2001:db8::9'), /PTR\s+my\.database\.example\.com\./);
  t.regex(await dig('-x', '203.0.113.8'), /status: SERVFAIL/);
  t.deepEqual(sectionOf(await dig('www.example.com'), 'ANSWER'), ['www.example.com. 30 A 203.0.113.7']);
  t.deepEqual(sectionOf(await dig('+tcp', 'www.example.com'), 'ANSWER'), ['www.example.com. 30 A 203.0.113.7']);
  t.regex(await dig('www.example.org'), /status: SERVFAIL/);
  const followed = await dig('my-service.prod.svc.cluster.local', 'AAAA');
  t.deepEqual(sectionOf(followed, 'ANSWER'), [
    'my-service.prod.svc.cluster.local. 30 CNAME my.database.example.com.',
    'my.database.example.com. 30 AAAA 2001:db8::9',
  ]);
  const forwarding = await serve(t, { ...noOutside, upstreams: there });
  t.deepEqual(sectionOf(await forwarding.dig('www.example.com'), 'ANSWER'), ['www.example.com. 30 A 203.0.113.7']);
  t.regex(await forwarding.dig('my-service.prod.svc.cluster.local'), /CNAME\s+my\.database\.example\.com\./);
});

test('several addresses come in turn', async (t) => {
  const { dig } = await serve(t);
  const first = new Set<string>();
  for (let i = 0; i < 6; i++)
    first.add((await dig('+short', '+noedns', 'web.default.svc.cluster.local')).split('\n')[0] ?? '');
  t.is(first.size, 3);
});

test('a port that is taken', async (t) => {
  const { port } = await serve(t);
  const again = listenDns(new Responder(goldenZone(), goldenOptions), '127.0.0.1', port);
  await t.throwsAsync(again, { message: /another program listens there/ });
});

test('a datagram from port 0 is not answered, and ends nothing', async (t) => {
  const socket = udpSocket('127.0.0.1');
  const listening = once(socket, 'listening');
  socket.bind(0, '127.0.0.1');
  await listening;
  t.notThrows(() => answerTo(socket, 'late', { address: '127.0.0.1', port: 0 }));
  socket.close();
  t.notThrows(() => answerTo(socket, 'too late', { address: '127.0.0.1', port: 53 }));
});
