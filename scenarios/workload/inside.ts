import { readdirSync, readFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { addNetns, deleteNetns, withNetns } from '../../src/kernel/netns.ts';
import { parseIP } from '../../src/net/address.ts';
import { openSocket } from '../../src/probe/open.ts';
import { probeFast, probeOnce } from '../../src/probe/prober.ts';
import { probeAll } from '../../src/probe/registry.ts';
import type { ServerSpec } from '../../src/workload/protocol.ts';
import { checkProbe } from '../../src/workload/readiness-runner.ts';
import { ContainerRunner } from '../../src/workload/runner.ts';
import { spawnInside } from '../../src/workload/spawn.ts';
import { execTarget, request, server, startedCount, startHelper, tell } from './lab.ts';
import { buildNetwork, connectPod, podAddress, podCount, podNetns, routerNetns, tool } from './network.ts';

/** Milliseconds that an answer may take on a busy machine. */
const patience = 30_000;

/*
 * Runs in private namespaces (see ../workload.kernel.test.ts), tries the helper and the probes on the real kernel, and
 * prints what it saw as JSON. It ends with the test that started it, which holds its standard input open.
 */

const servers: ServerSpec[] = Array.from({ length: podCount }, (_, pod) => [
  server(pod, 'TCP', 80, 'httpd', 'httpd:2.4'),
  server(pod, 'UDP', 53, 'generic', 'dns:1'),
]).flat();
servers.push(
  server(1, 'TCP', 6379, 'redis', 'redis:7'),
  server(1, 'TCP', 9376, 'hostname-raw', 'agnhost'),
  server(1, 'TCP', 3000, 'generic', 'shop:1'),
  server(1, 'UDP', 8081, 'netexec', 'agnhost'),
);

/** Says something on a connection from Pod 0 to Pod 1 and collects what comes back until it ends or falls silent. */
async function converse(port: number, text: string): Promise<string> {
  const opened = withNetns(podNetns(0), () => openSocket('tcp', parseIP(podAddress(1)), port));
  if ('errno' in opened) return opened.errno;
  const socket = new Socket({ fd: opened.fd, readable: true, writable: true });
  let heard = '';
  socket.on('data', (chunk) => {
    heard += chunk.toString();
  });
  socket.on('error', (error) => {
    heard += error.message;
  });
  const ended = new Promise((resolve) => socket.on('close', resolve));
  socket.write(text);
  await Promise.race([ended, sleep(250)]);
  socket.destroy();
  return heard;
}

async function conversations() {
  return {
    http: await converse(80, 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'),
    pipelined: (await converse(80, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(3))).match(/It works!/g)?.length,
    malformed: (await converse(80, 'hello\r\n\r\n')).split('\r\n')[0],
    redis: await converse(6379, 'PING\r\nSVCLAB\r\n'),
    redisWho: await converse(6379, 'SVCLAB WHO\nPING\r\n'),
    greeting: await converse(9376, ''),
    genericLine: await converse(3000, 'hi\n'),
    genericHttp: (await converse(3000, 'GET / HTTP/1.0\r\n\r\n')).split('\r\n')[0],
  };
}

async function outcomes() {
  const context = { nodes: [{ name: 'node1', netns: routerNetns }], podByIP: (ip: string) => `default/by-${ip}` };
  const targets = [
    request(0, 'http', podAddress(1), 80),
    request(0, 'http', podAddress(0), 80),
    request(0, 'http', '127.0.0.1', 80),
    request(0, 'http', podAddress(1), 81),
    request(0, 'http', podAddress(3), 90),
    request(0, 'http', podAddress(3), 91),
    request(0, 'http', podAddress(3), 92),
    request(0, 'http', podAddress(3), 93),
    request(0, 'http', '10.9.0.1', 80),
    request(0, 'http', '10.96.0.1', 80),
  ];
  const tcp = targets.map((one) => ({ ...one, to: { ...one.to, scheme: 'tcp' as const } }));
  const udp = [
    request(0, 'udp', podAddress(1), 53),
    request(0, 'udp', podAddress(1), 8081),
    request(0, 'udp', '127.0.0.1', 53),
    request(0, 'udp', podAddress(1), 54),
    request(0, 'udp', podAddress(3), 90),
    request(0, 'udp', '10.9.0.1', 53),
  ];
  const icmp = [request(0, 'icmp', podAddress(1)), request(0, 'icmp', podAddress(4)), request(0, 'icmp', '10.9.0.1')];
  const all = [...targets, ...tcp, ...udp, ...icmp];
  const answers = await probeAll(all, context);
  const bodies = await probeAll(targets.slice(0, 1), { bodyDirectory: '/run' });
  return {
    ...Object.fromEntries(
      all.map(({ to }, at) => {
        const answer = answers[at];
        return [`${to.scheme}://${to.address}:${to.port ?? ''}`, answer === undefined ? '' : tell(answer)];
      }),
    ),
    body: bodies[0]?.body,
    bodiesLeft: readdirSync('/run').filter((name) => name.startsWith('curl-')),
  };
}

async function rates() {
  const fds = readdirSync('/proc/self/fd').length;
  const result: Record<string, number> = {};
  for (const [scheme, port] of [
    ['http', 80],
    ['tcp', 80],
    ['udp', 53],
  ] as const) {
    const requests = Array.from({ length: 1000 }, (_, i) =>
      request(i % podCount, scheme, podAddress((i + 1) % podCount), port),
    );
    const startedAt = performance.now();
    const answers = await probeFast(requests);
    const between = performance.now();
    for (const one of requests) await probeOnce(one);
    result[`${scheme} at once`] = Math.round(1e6 / (between - startedAt));
    result[`${scheme} in turn`] = Math.round(1e6 / (performance.now() - between));
    result[`${scheme} delivered`] = answers.filter(({ outcome, pod }) => outcome === 'delivered' && pod).length;
  }
  return { ...result, leakedFds: readdirSync('/proc/self/fd').length - fds };
}

async function realCommand() {
  const script =
    "require('net').createServer((c) => c.on('error', () => {})).listen(9000, () => console.log(require('os').hostname(), 'up')).on('error', console.log)";
  const runner = new ContainerRunner({
    container: { name: 'main', image: 'node' },
    command: { argv: [process.execPath, '-e', script], env: { PATH: '/usr/bin:/bin' }, cwd: '/' },
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 1,
    target: execTarget(5),
    spawnIn: spawnInside,
    onChange: () => undefined,
  });
  while (!runner.logs().includes('up')) await sleep(5);
  return runner;
}

async function probesOfContainers(runner: ContainerRunner) {
  const check = (pod: number, action: object): Promise<boolean> =>
    checkProbe(
      {
        initialDelaySeconds: 0,
        periodSeconds: 1,
        timeoutSeconds: 1,
        successThreshold: 1,
        failureThreshold: 1,
        ...action,
      },
      {
        container: { name: 'main', image: 'x', ports: [{ name: 'web', containerPort: 80, protocol: 'TCP' }] },
        nodeNetns: routerNetns,
        podIP: podAddress(pod),
        exec: (argv) => runner.exec(argv),
      },
    );
  return {
    httpGet: await check(1, { httpGet: { path: '/', port: 'web' } }),
    httpGet404: await check(1, { httpGet: { path: '/nothing', port: 80 } }),
    httpGetClosed: await check(1, { httpGet: { path: '/', port: 81 } }),
    tcpSocket: await check(5, { tcpSocket: { port: 9000 } }),
    tcpSocketClosed: await check(5, { tcpSocket: { port: 9001 } }),
    tcpSocketDropped: await check(3, { tcpSocket: { port: 90 } }),
    exec: await check(5, { exec: { command: ['/bin/sh', '-c', 'grep -q :2328 /proc/net/tcp6'] } }),
    execFails: await check(5, { exec: { command: ['/bin/false'] } }),
  };
}

/** Sends the helper what no client should: garbage, half requests, resets, a thousand connections at once. */
async function abuse(): Promise<string> {
  const bytes = [
    '\0\0\0',
    'GET',
    'GET / HTTP/1.1\r\nContent-Length: 5\r\n',
    `GET ${'/x'.repeat(40_000)}`,
    '*3\r\n$-1\r\n',
  ];
  const sockets = Array.from({ length: 1000 }, (_, i) => {
    const port = [80, 6379, 9376, 3000][i % 4] ?? 80;
    const opened = withNetns(podNetns(2), () => openSocket('tcp', parseIP(podAddress(1)), port));
    if ('errno' in opened) throw new Error(opened.errno);
    const socket = new Socket({ fd: opened.fd, readable: true, writable: true });
    socket.on('error', () => undefined);
    socket.write(bytes[i % bytes.length] ?? '', () => {
      if (i % 3 === 0) socket.resetAndDestroy();
    });
    socket.resume();
    return socket;
  });
  await sleep(100);
  const during = tell(await probeOnce(request(0, 'http', podAddress(1), 80, patience)));
  for (const socket of sockets) socket.destroy();
  return during;
}

const memory = (pid: number | undefined): number => {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  return Math.round(Number(/^Pss: +(\d+)/m.exec(rollup)?.[1]) / 1024);
};

async function closedFromOutside() {
  const from = events.length;
  tool('ss', ['-K', 'state', 'listening', 'sport', '=', '80'], 1);
  await until(({ event }) => event === 'failed', from);
  const [failed] = events.slice(from);
  helper.apply(servers);
  return {
    noticed: failed?.event === 'failed' ? `${failed.id}: ${failed.message}` : failed,
    probe: tell(await probeOnce(request(0, 'tcp', podAddress(1), 80, patience))),
    notForOthers: await helper.check(({ netns }) => netns !== podNetns(1)),
    startedAnew: await helper.check(),
    answer: tell(await probeOnce(request(0, 'tcp', podAddress(1), 80, patience))),
    stillWell: await helper.check(),
  };
}

process.stdin.on('end', () => process.exit(1)).resume();
buildNetwork();
const observed = startHelper();
const { helper, events, until } = observed;
const startedAt = performance.now();
helper.apply(servers);
await until(() => startedCount(events) === servers.length);
const readyMs = Math.round(performance.now() - startedAt);
const memoryFresh = memory(helper.pid());
const runner = await realCommand();

const result: Record<string, unknown> = {
  command: { logs: runner.logs() },
  conversations: await conversations(),
  outcomes: await outcomes(),
  probes: await probesOfContainers(runner),
  abuse: await abuse(),
};

const exitsBefore = observed.exits.length;
const mark = events.length;
const firstPid = helper.pid() ?? 0;
process.kill(firstPid, 'SIGKILL');
await until(() => startedCount(events.slice(mark)) === servers.length, mark);
result.killed = {
  exitsBefore,
  exits: observed.exits,
  newPid: helper.pid() !== firstPid,
  answer: tell(await probeOnce(request(0, 'tcp', podAddress(1), 80, patience))),
};
result.rates = await rates();

result.closedFromOutside = await closedFromOutside();

const again = events.length;
deleteNetns('pod7');
tool('ip', ['link', 'delete', 'veth7']);
addNetns('pod7');
connectPod(7);
const less = servers.filter(({ netns }) => netns !== podNetns(8));
const bad = [
  server(5, 'TCP', 9000, 'generic', 'conflict'),
  { ...server(9, 'TCP', 81, 'generic', 'gone'), netns: '/run/netns/no-such' },
  server(9, 'TCP', 82, 'nonsense', 'nonsense'),
];
helper.apply([...less, ...bad]);
await until(() => events.slice(again).filter(({ event }) => event === 'failed').length === bad.length, again);
await until(({ event }) => event === 'started', again);
result.changed = {
  failed: events.slice(again).flatMap((event) => (event.event === 'failed' ? `${event.id}: ${event.message}` : [])),
  restarted: startedCount(events.slice(again)),
  inNewNamespace: tell(await probeOnce(request(0, 'tcp', podAddress(7), 80, patience))),
  stopped: tell(await probeOnce(request(0, 'tcp', podAddress(8), 80, patience))),
};
result.figures = { readyMs, memoryFresh, memoryAfter: memory(helper.pid()) };

await runner.stop();
const lastPid = helper.pid();
await helper.close();
result.closed = {
  command: runner.state,
  helper: readdirSync('/proc').includes(String(lastPid)),
  exits: observed.exits.length,
};
process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0));
