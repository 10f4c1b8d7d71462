import anyTest, { type ExecutionContext, type TestFn } from 'ava';
import type { TracedPacket, TracedRule, TraceHop, TraceReport } from '../src/trace/types.ts';
import { quickstart, type RunningLab, sharedLab, until } from './testing/lab.ts';
import { start } from './testing/nothing-left.ts';

const test = anyTest as TestFn;
const lab = sharedLab(test, [quickstart]);

const nftables = `apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
mode: nftables
clusterCIDR: 10.244.0.0/16
`;

function trace(to: RunningLab, ...args: readonly string[]): Promise<TraceReport> {
  return to.json('trace', ...args);
}

function rulesOf(hops: readonly TraceHop[]): TracedRule[] {
  return hops.flatMap(({ events }) => events).filter((event) => event.event === 'rule');
}

function packetsOf(hops: readonly TraceHop[]): TracedPacket[] {
  return hops.flatMap(({ events }) => events).filter((event) => event.event === 'packet');
}

/** What makes the kernel tell must be gone after a trace, whatever became of it. */
async function assertNoTraces(t: ExecutionContext): Promise<void> {
  for (const place of ['node1', 'node2', 'fabric']) {
    t.notRegex(await lab().exec(place, 'nft', 'list', 'tables'), /svclab-trace/, place);
    t.is(await lab().exec(place, 'sysctl', '-n', 'net.netfilter.nf_log.2'), 'nf_log_ipv4\n', place);
  }
  const { nodes } = await lab().status();
  t.deepEqual(
    nodes.map(({ drift }) => drift),
    nodes.map(() => []),
  );
}

/** Traces until the endpoint is on the other node than the sender: chance decides. */
async function traceOverVxlan(): Promise<TraceReport> {
  for (let i = 0; i < 60; i++) {
    const report = await trace(lab(), 'pod/busybox', 'svc/httpd-svc:8080');
    if (packetsOf(report.request).some(({ vxlan }) => vxlan !== undefined)) return report;
  }
  throw new Error('none of 60 connections left the node');
}

function assertDelivered(t: ExecutionContext, report: TraceReport, dnat: RegExp): void {
  t.true(report.agrees, JSON.stringify(report.comparison));
  t.false(report.incomplete);
  const compared = report.comparison.filter(({ what }) => what.startsWith('rules of'));
  t.deepEqual(
    compared.map(({ what, seen }) => [what, seen]),
    ['node1', 'node2'].map((node) => [`rules of node/${node}`, 'the same']),
  );
  const { endpoint = '', pod = '', source = '' } = report.seen;
  t.deepEqual(
    report.request.map(({ where }) => where),
    ['pod/default/busybox', 'node/node1', 'fabric', 'node/node2', `pod/${pod}`],
  );
  t.deepEqual(
    report.answer.map(({ where }) => where),
    [...report.request.map(({ where }) => where)].reverse(),
  );
  const chosen = rulesOf(report.request).find(({ rule }) => dnat.test(rule));
  t.true(chosen?.rule.includes(endpoint.replace(':', chosen.table === 'nat' ? ':' : ' . ')), JSON.stringify(chosen));
  t.is(report.nat[0]?.where, 'node/node1');
  t.is(report.nat[0]?.newDestination, endpoint);
  t.is(report.nat[0]?.destination, packetsOf(report.request)[0]?.destination);
  const wrapped = packetsOf(report.request).find(({ vxlan }) => vxlan !== undefined);
  t.like(wrapped, { interface: 'eth0', direction: 'out', destination: endpoint, vxlan: { vni: 1 } });
  t.regex(wrapped?.vxlan?.destination ?? '', /^192\.168\.56\.13:8472$/);
  t.is(packetsOf(report.request).at(-1)?.source.split(':')[0], source);
  t.is(packetsOf(report.answer).at(-1)?.source, packetsOf(report.request)[0]?.destination, 'un-NAT');
  t.is(packetsOf(report.answer).at(-1)?.kind, 'SYN ACK');
}

test.serial('iptables: every hop, the rules of the kernel, NAT and VXLAN', async (t) => {
  const report = await traceOverVxlan();
  assertDelivered(t, report, /-j DNAT --to-destination/);
  const save = await lab().exec('node1', 'iptables-save');
  const node1 = report.request.find(({ where }) => where === 'node/node1');
  for (const { chain, rule, number } of rulesOf(node1 === undefined ? [] : [node1])) {
    if (number !== undefined) t.true(save.includes(`-A ${chain} ${rule}\n`), rule);
  }
  await assertNoTraces(t);
});

test.serial('a refused, a lost and a pinged address; from a node and from outside', async (t) => {
  const cases = [
    ['pod/busybox', 'svc/nobody:80', 'refused'],
    ['pod/busybox', 'svc/httpd-svc:8080', 'delivered'],
    ['node2', '192.168.56.12:30080', 'delivered'],
    ['node1', 'svc/nobody:80', 'refused'],
    ['pod/busybox', 'ping://10.96.0.1', 'dropped'],
    ['client/laptop', '10.96.0.1:443', 'unreachable'],
    ['client/laptop', '192.168.56.13:30080', 'delivered'],
    ['node1', '127.0.0.1:30080', 'delivered'],
  ] as const;
  for (const [from, to, outcome] of cases) {
    const report = await trace(lab(), from, to);
    t.is(report.seen.outcome, outcome, `${from} ${to}`);
    t.true(report.agrees, `${from} ${to}: ${JSON.stringify(report.comparison)}`);
    t.true(rulesOf(report.request).length > 0, `${from} ${to}`);
  }
});

test.serial('a rule that somebody added is told, and that it breaks the prediction; exit status 1', async (t) => {
  await lab().exec('node1', 'iptables', '-t', 'raw', '-I', 'PREROUTING', '-p', 'tcp', '--dport', '8080', '-j', 'DROP');
  const { exitCode, stdout } = await lab().svclab('trace', 'pod/busybox', 'svc/httpd-svc:8080');
  await lab().exec('node1', 'iptables', '-t', 'raw', '-F', 'PREROUTING');
  t.is(exitCode, 1);
  t.regex(stdout, /raw PREROUTING 1: -p tcp -m tcp --dport 8080 -j DROP/);
  t.regex(stdout, /Nothing came back\.[\s\S]*differs from the prediction/);
  t.deepEqual(
    stdout.split('\n').filter((line) => line.length > 100),
    [],
  );
  await assertNoTraces(t);
});

test.serial('a trace whose command is killed leaves nothing either', async (t) => {
  const { pid, ended } = start(lab().scratch, 'trace', '--lab', lab().name, 'pod/busybox', '10.244.200.200:80');
  const tables = () => lab().exec('node1', 'nft', 'list', 'tables');
  t.true(await until(async () => (await tables()).includes('svclab-trace')));
  process.kill(pid, 'SIGKILL');
  t.is((await ended).exitCode, 137);
  t.true(await until(async () => !(await tables()).includes('svclab-trace')));
  await until(async () => (await lab().exec('node1', 'sysctl', '-n', 'net.netfilter.nf_log.2')) === 'nf_log_ipv4\n');
  await assertNoTraces(t);
});

test.serial('nftables: the same', async (t) => {
  await lab().apply(nftables);
  await lab().svclab('sync');
  assertDelivered(t, await traceOverVxlan(), /dnat ip to/);
  t.true((await trace(lab(), 'node1', 'svc/nobody:80')).agrees);
  await assertNoTraces(t);
});

test.serial('an unknown sender is told, and nothing is done', async (t) => {
  const { exitCode, stderr } = await lab().svclab('trace', 'pod/nobody', 'svc/httpd-svc:8080');
  t.is(exitCode, 2);
  t.regex(stderr, /error\[not-found\]/);
});
