import { fileURLToPath } from 'node:url';
import anyTest, { type TestFn } from 'ava';
import { execa } from 'execa';
import { requireTool } from '../src/kernel/tools.ts';

type Values = Readonly<Record<string, unknown>>;
const test = anyTest as TestFn<{ readonly seen: Readonly<Record<string, Values>> }>;

test.before('run workload/inside.ts in namespaces of its own', async (t) => {
  const user = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];
  const namespaces = ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];
  const program = fileURLToPath(new URL('workload/inside.ts', import.meta.url));
  const { stdout } = await execa(requireTool('unshare'), [...user, ...namespaces, process.execPath, program], {
    stdin: 'pipe',
    timeout: 60_000,
  });
  t.context = { seen: JSON.parse(stdout) };
});

test('built-in images answer', (t) => {
  const { conversations } = t.context.seen;
  const http = String(conversations?.http);
  t.regex(http, /^HTTP\/1\.1 200 OK\r\nDate: /);
  t.true(http.endsWith('\r\n\r\n<html><body><h1>It works!</h1></body></html>\n'));
  t.regex(http, /\r\nSvclab-Pod: default\/pod1\r\nSvclab-Endpoint: 10\.1\.1\.2:80\r\nSvclab-Source: 10\.1\.1\.1\r\n/);
  t.is(conversations?.pipelined, 3);
  t.is(conversations?.malformed, 'HTTP/1.1 400 Bad Request');
  t.is(conversations?.redis, "+PONG\r\n-ERR unknown command 'SVCLAB', with args beginning with: \r\n");
  t.is(conversations?.redisWho, '{"pod":"default/pod1","endpoint":"10.1.1.2:6379","source":"10.1.1.1"}\n+PONG\r\n');
  t.is(conversations?.greeting, 'pod1');
  t.is(conversations?.genericLine, 'default/pod1 (10.1.1.2:3000) on node1, image shop:1, answers 10.1.1.1\n');
  t.is(conversations?.genericHttp, 'HTTP/1.1 200 OK');
});

const outcomes: Readonly<Record<string, string>> = {
  'http://10.1.1.2:80': 'delivered 10.1.1.2:80 default/pod1 10.1.1.1',
  'http://10.1.1.1:80': 'delivered 10.1.1.1:80 default/pod0 10.1.1.1',
  'http://127.0.0.1:80': 'delivered 127.0.0.1:80 default/pod0 127.0.0.1',
  'http://10.1.1.2:81': 'refused',
  'http://10.1.1.4:90': 'dropped',
  'http://10.1.1.4:91': 'unreachable',
  'http://10.1.1.4:92': 'refused',
  'http://10.1.1.4:93': 'refused',
  'http://10.9.0.1:80': 'unreachable',
  // A real command that never answers, behind DNAT and masquerade: for TCP found by connection tracking.
  'http://10.96.0.1:80': 'dropped',
  'tcp://10.96.0.1:80': 'delivered 10.1.1.6:9000 default/by-10.1.1.6 10.1.0.1',
  'udp://10.1.1.2:53': 'delivered 10.1.1.2:53 default/pod1 10.1.1.1',
  'udp://10.1.1.2:8081': 'delivered 10.1.1.2:8081 default/pod1 10.1.1.1',
  'udp://127.0.0.1:53': 'delivered 127.0.0.1:53 default/pod0 127.0.0.1',
  'udp://10.1.1.2:54': 'refused',
  'udp://10.1.1.4:90': 'dropped',
  'udp://10.9.0.1:53': 'unreachable',
  'icmp://10.1.1.2:': 'delivered 10.1.1.2',
  'icmp://10.1.1.5:': 'dropped',
  'icmp://10.9.0.1:': 'unreachable',
};

test('curl, the in-process prober and ping see what the kernel does', (t) => {
  const { body, bodiesLeft, ...seen } = t.context.seen.outcomes ?? {};
  const tcp = Object.entries(outcomes).flatMap(([to, expected]) =>
    to.startsWith('http:') ? [[to.replace('http:', 'tcp:'), expected]] : [],
  );
  t.deepEqual(seen, { ...Object.fromEntries(tcp), ...outcomes });
  t.is(body, '<html><body><h1>It works!</h1></body></html>\n');
  t.deepEqual(bodiesLeft, []);
});

test('probes of containers', (t) => {
  t.deepEqual(t.context.seen.probes, {
    httpGet: true,
    httpGet404: false,
    httpGetClosed: false,
    tcpSocket: true,
    tcpSocketClosed: false,
    tcpSocketDropped: false,
    exec: true,
    execFails: false,
  });
});

test('a command runs in its Pod, under its hostname, until it is stopped', (t) => {
  t.is(t.context.seen.command?.logs, 'pod5 up\n');
  t.deepEqual(t.context.seen.closed?.command, { state: 'terminated', reason: 'Error', exitCode: 143, restartCount: 0 });
});

test('garbage, floods and resets do not end the helper', (t) => {
  t.is(t.context.seen.abuse as unknown, 'delivered 10.1.1.2:80 default/pod1 10.1.1.1');
  t.is(t.context.seen.killed?.exitsBefore, 0);
});

test('a helper that is killed is started again with all servers', (t) => {
  const { killed, closed } = t.context.seen;
  t.deepEqual(killed?.exits, ['null SIGKILL']);
  t.true(killed?.newPid);
  t.is(killed?.answer, 'delivered 10.1.1.2:80 default/pod1 10.1.1.1');
  t.like(closed, { helper: false, exits: 1 });
});

test('apply starts, stops and restarts only what differs', (t) => {
  t.deepEqual(t.context.seen.changed, {
    failed: [
      "default/pod9/main/TCP/81: ENOENT: no such file or directory, open '/run/netns/no-such'",
      'default/pod9/main/TCP/82: no built-in image has the behaviour nonsense',
      'default/pod5/main/TCP/9000: listen EADDRINUSE: address already in use :::9000',
    ],
    restarted: 2,
    inNewNamespace: 'delivered 10.1.1.8:80 default/pod7 10.1.1.1',
    stopped: 'refused',
  });
});

test('a socket that is closed from outside is noticed, and check starts its server anew', (t) => {
  t.deepEqual(t.context.seen.closedFromOutside, {
    noticed: 'default/pod1/main/TCP/80: its socket was closed from outside',
    probe: 'refused',
    notForOthers: [],
    startedAnew: ['default/pod1/main/TCP/80'],
    answer: 'delivered 10.1.1.2:80 default/pod1 10.1.1.1',
    stillWell: [],
  });
});

test('probes lose nothing', (t) => {
  const { rates, figures } = t.context.seen;
  t.log('probes per second', rates);
  t.log('helper: ms to first readiness, MB of memory fresh and at the end', figures);
  t.is(rates?.['http delivered'], 1000);
  t.is(rates?.['tcp delivered'], 1000);
  t.is(rates?.['udp delivered'], 1000);
  t.is(rates?.leakedFds, 0);
});
