import anyTest, { type TestFn } from 'ava';
import type { Connection, ExplainedConnection, LabStatus, VerifyReport } from '../src/api/types.ts';
import type { Pod } from '../src/kinds/types/pod.ts';
import type { Service } from '../src/kinds/types/service.ts';
import { wayOf } from '../src/verify/reports/ways.ts';
import { quickstart, sharedLab } from './testing/lab.ts';
import { connectionShape, explanationShape, statusShape, verifyShape } from './testing/shapes.ts';

const test = anyTest as TestFn;
const lab = sharedLab(test, [quickstart]);

async function list<T>(kind: string): Promise<readonly T[]> {
  return (await lab().json<{ items: readonly T[] }>('get', kind)).items;
}

async function clusterIP(service: string): Promise<string> {
  return (await lab().json<Service>('get', 'service', service)).spec.clusterIP ?? '';
}

async function pods(prefix: string): Promise<readonly Pod[]> {
  return (await list<Pod>('pods')).filter(({ metadata }) => metadata.name.startsWith(prefix));
}

/** The sources that endpoints saw, without repetition, in order. */
function sources({ observed }: Connection): string[] {
  return [...new Set(observed.map(({ source }) => source ?? 'none'))].sort();
}

test.serial('up: ready, three nodes with leases, every Pod ready', async (t) => {
  const status = await lab().status();
  t.notThrows(() => statusShape.parse(status));
  t.true(status.ready);
  t.deepEqual(status.waitingFor, []);
  t.deepEqual(status.problems, []);
  t.is(status.rootless, process.getuid?.() !== 0);
  t.deepEqual(status.pods, { total: 8, ready: 8 }, 'six of the manifests, and two of cluster DNS');
  t.deepEqual(
    status.nodes.map(({ name, role, ip, lease, drift }) => [name, role, ip, lease.subnet, drift.length]),
    [
      ['master', 'control-plane', '192.168.56.11', '10.244.1.0/24', 0],
      ['node1', 'worker', '192.168.56.12', '10.244.2.0/24', 0],
      ['node2', 'worker', '192.168.56.13', '10.244.3.0/24', 0],
    ],
  );
  for (const { lease } of status.nodes) t.true(Date.parse(lease.expires) > Date.now());
  const text = await lab().svclab('status');
  t.regex(text.stdout, /^lab x: ready, pid \d+/);
  t.regex(text.stdout, /^node1 +worker +192\.168\.56\.12 +10\.244\.2\.0\/24 .* in sync$/m);
});

test.serial('list shows the lab', async (t) => {
  const { stdout } = await lab().scratch.svclab('list');
  t.regex(stdout, /^x\s/m);
});

test.serial('verify: every kind of client, every way in, and all agree', async (t) => {
  const { exitCode, stdout } = await lab().svclab('verify', '-o', 'json');
  const wrong = (JSON.parse(stdout) as VerifyReport).connections.filter(({ agrees }) => !agrees);
  t.deepEqual(wrong, []);
  t.is(exitCode, 0);
  const report = verifyShape.parse(JSON.parse(stdout));
  t.is(report.disagreed, 0);
  t.is(report.agreed, report.connections.length);
  t.true(report.connections.every(({ agrees, difference }) => agrees && difference === undefined));
  const ways = new Set(report.connections.map((connection) => wayOf(connection as Connection)));
  for (const way of [
    'ClusterIP',
    'externalIP',
    'NodePort',
    'NodePort on 127.0.0.1',
    'Pod, from outside',
    'Pod, on another node',
    'Pod, on the same node',
    'Pod, from itself',
    'own localhost',
    'ping ClusterIP',
    'ping Pod',
    'wrong port of ClusterIP',
    'wrong port of Pod',
    'wrong port of node',
    'short name',
    'name.namespace',
    'full name',
  ]) {
    t.true(ways.has(way), way);
  }
  const found = new Set(report.connections.flatMap(({ predicted }) => predicted.map(({ outcome }) => outcome)));
  t.deepEqual([...found].sort(), ['delivered', 'dropped', 'nxdomain', 'refused', 'unreachable']);
  t.true(report.connections.some(({ about }) => about.includes('(hairpin)')));
  const senders = new Set(report.connections.map(({ from }) => from.split('/')[0]));
  t.deepEqual([...senders].sort(), ['client', 'node', 'pod']);
});

test.serial('verify: reports for people and for CI, and filters', async (t) => {
  const text = await lab().svclab('verify', '--from', 'pod/busybox', '--to', 'svc/hostnames');
  t.is(text.exitCode, 0);
  t.regex(text.stdout, /^way in +from Pods +from nodes +from outside$/m);
  t.regex(text.stdout, /^All \d+ connections behave as predicted/m);
  const junit = await lab().svclab('verify', '--from', 'node1', '--to', 'svc/httpd-svc', '-o', 'junit');
  t.is(junit.exitCode, 0);
  const [, tests] = /<testsuites [^>]*tests="(\d+)" failures="0"/.exec(junit.stdout) ?? [];
  t.is(junit.stdout.match(/<testcase /g)?.length, Number(tests));
  t.true(Number(tests) > 0);
  const only = await lab().verify('--from', 'client/laptop');
  t.true(only.connections.every(({ from }) => from === 'client/laptop'));
});

test.serial('curl: who answered, and the tally beside the prediction', async (t) => {
  const to = `http://${await clusterIP('httpd-svc')}:8080`;
  const connection = connectionShape.parse(await lab().curl('pod/busybox', to, 12));
  t.is(connection.from, 'pod/default/busybox');
  t.is(connection.to, to);
  t.true(connection.agrees);
  t.is(connection.predicted.length, 3);
  for (const { endpoint, pod, node, source } of connection.predicted) {
    t.regex(endpoint ?? '', /^10\.244\.[23]\.\d+:80$/);
    t.regex(pod ?? '', /^default\/httpd-/);
    t.regex(node ?? '', /^node[12]$/);
    t.is(source, (await pods('busybox'))[0]?.status.podIP);
  }
  t.is(
    connection.observed.reduce((sum, { count }) => sum + count, 0),
    12,
  );
  const predicted = connection.predicted.map(({ endpoint }) => endpoint);
  for (const { endpoint } of connection.observed) t.true(predicted.includes(endpoint));
  const text = await lab().svclab('curl', 'node1', 'svc/httpd-svc:8080', '-n', '2', '--body');
  t.is(text.exitCode, 0);
  t.is(text.stdout.match(/<html><body><h1>It works!<\/h1><\/body><\/html>/g)?.length, 2);
  t.regex(text.stdout, /agrees with the prediction/);
});

test.serial('explain: the steps in place of the observation', async (t) => {
  const explained = await lab().json<ExplainedConnection>('explain', 'client/laptop', 'node1:30080');
  const { from, to, predicted, steps } = explanationShape.parse(explained);
  t.is(from, 'client/laptop');
  t.is(to, 'http://192.168.56.12:30080');
  t.is(predicted.length, 2);
  t.true(Math.abs(predicted.reduce((sum, { probability }) => sum + probability, 0) - 1) < 1e-9);
  t.true(steps.some(({ where, text }) => where === 'node1' && text.includes('nodePort')));
  t.false('observed' in explained);
});

test.serial('outcomes without delivery say no more than what they are', async (t) => {
  const service = await clusterIP('hostnames');
  for (const [from, to, outcome] of [
    ['pod/busybox', `http://${await clusterIP('nobody')}:80`, 'refused'],
    ['client/laptop', `http://${service}:80`, 'unreachable'],
    ['pod/busybox', `ping://${service}`, 'dropped'],
    ['node1', 'http://127.0.0.1:81', 'refused'],
  ] as const) {
    const connection = connectionShape.parse(await lab().curl(from, to));
    t.deepEqual(connection.predicted, [{ outcome, probability: 1 }], to);
    t.deepEqual(connection.observed, [{ outcome, count: 1 }], to);
  }
});

test.serial('source addresses are those of a real cluster', async (t) => {
  const [busybox] = await pods('busybox');
  const [near] = (await pods('hostnames')).filter(({ spec }) => spec.nodeName === 'node1');
  const far = (await pods('hostnames')).find(({ spec }) => spec.nodeName === 'node2');
  const own = busybox?.status.podIP ?? '';
  t.is(busybox?.spec.nodeName, 'node1');
  const service = `http://${await clusterIP('hostnames')}:80`;
  t.deepEqual(sources(await lab().curl('pod/busybox', service, 12)), [own], 'a Pod keeps its address to a ClusterIP');
  t.deepEqual(sources(await lab().curl('pod/busybox', `${far?.status.podIP}:9376`)), [own]);
  t.deepEqual(sources(await lab().curl('node1', `${near?.status.podIP}:9376`)), ['10.244.2.1'], 'cni0');
  t.deepEqual(sources(await lab().curl('node1', `${far?.status.podIP}:9376`)), ['10.244.2.0'], 'flannel.1');
  const outside = ['10.244.2.0', '10.244.2.1'];
  t.deepEqual(sources(await lab().curl('client/laptop', 'node1:30080', 24)), outside, 'NodePort masquerades');
  t.deepEqual(sources(await lab().curl('client/laptop', '80.11.12.10:80', 24)), outside, 'so does an externalIP');
  t.deepEqual(
    sources(await lab().curl(`pod/${near?.metadata.name}`, service, 24)),
    ['10.244.2.1', near?.status.podIP].sort(),
    'a Pod that reaches itself sees its node',
  );
});

test.serial('a node holds what flannel makes', async (t) => {
  const status: LabStatus = await lab().status();
  t.deepEqual((await lab().exec('node1', 'ip', 'route')).trim().split(/ *\n/), [
    'default via 192.168.56.1 dev eth0',
    '10.244.1.0/24 via 10.244.1.0 dev flannel.1 onlink',
    '10.244.2.0/24 dev cni0 proto kernel scope link src 10.244.2.1',
    '10.244.3.0/24 via 10.244.3.0 dev flannel.1 onlink',
    '192.168.56.0/24 dev eth0 proto kernel scope link src 192.168.56.12',
  ]);
  t.is(
    await lab().exec('node1', 'cat', '/run/flannel/subnet.env'),
    'FLANNEL_NETWORK=10.244.0.0/16\nFLANNEL_SUBNET=10.244.2.1/24\nFLANNEL_MTU=1450\nFLANNEL_IPMASQ=true\n',
  );
  const link = await lab().exec('node1', 'ip', '-d', 'link', 'show', 'flannel.1');
  t.regex(link, /mtu 1450 .*\n.*\n +vxlan id 1 local 192\.168\.56\.12 dev eth0 .*dstport 8472 nolearning /);
  t.regex(await lab().exec('node1', 'ip', '-4', 'address', 'show', 'flannel.1'), /inet 10\.244\.2\.0\/32 scope global/);
  const neighbours = await lab().exec('node1', 'ip', 'neigh', 'show', 'dev', 'flannel.1');
  const fdb = await lab().exec('node1', 'bridge', 'fdb', 'show', 'dev', 'flannel.1');
  for (const { name, ip, lease } of status.nodes.filter(({ name }) => name !== 'node1')) {
    const mac = JSON.parse(await lab().exec(name, 'ip', '-j', 'link', 'show', 'flannel.1'))[0].address;
    const gateway = lease.subnet.replace(/\/24$/, '');
    t.true(neighbours.split(/ *\n/).includes(`${gateway} lladdr ${mac} PERMANENT`), neighbours);
    t.true(fdb.split(/ *\n/).includes(`${mac} dst ${ip} self permanent`), fdb);
  }
  t.is(neighbours.trim().split('\n').length, 2);
});

test.serial('rules: the same from the lab as from its node', async (t) => {
  const rules = (text: string) => text.split('\n').filter((line) => line.startsWith('-A KUBE-'));
  const { stdout } = await lab().svclab('rules', 'node1');
  t.deepEqual(rules(stdout), rules(await lab().exec('node1', 'iptables-save')));
  t.true(rules(stdout).length > 20);
});
