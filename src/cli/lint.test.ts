import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { makeRunDir } from '../api/testing/fake-lab.ts';
import { svclab } from './testing/svclab.ts';

const { runDir, remove } = makeRunDir();
test.after.always(remove);

const root = join(import.meta.dirname, '..', '..');
const testdata = join(root, 'src/model/rules/lint/testdata');
/** The Services and Pods of lab/quickstart, as files of any cluster: without its Lab object. */
const quickstart = ['client', 'hostnames', 'httpd'].flatMap((name) => [
  '-f',
  join(root, 'lab/quickstart', `${name}.yaml`),
]);
const golden = join(root, 'src/proxy/testdata');

test('a healthy node: nothing found, exit status 0; also against its cluster', async (t) => {
  for (const mode of ['iptables', 'nftables']) {
    const dump = join(testdata, `${mode}.dump`);
    t.like(await svclab(runDir, ['lint', '--dump', dump]), { status: 0, stdout: 'nothing found\n' });
    t.like(await svclab(runDir, ['lint', '--dump', dump, ...quickstart]), { status: 0, stdout: 'nothing found\n' });
  }
});

test('rules of a lab’s cluster DNS are expected, with and without its Lab object', async (t) => {
  const lab = join(root, 'lab/quickstart');
  const { stdout: input } = await svclab(runDir, ['rules', '-f', lab, '--node', 'node1']);
  t.regex(input, /kube-system\/kube-dns:dns-tcp/);
  t.notRegex((await svclab(runDir, ['rules', ...quickstart, '--node', 'node1'])).stdout, /kube-dns/, 'as given');
  for (const files of [['-f', lab], quickstart]) {
    const found = await svclab(runDir, ['lint', '--dump', '-', ...files, '--node', 'node1'], { input });
    t.like(found, { status: 0, stdout: 'nothing found\n' });
  }
});

test('golden dumps are as their clusters ask for', async (t) => {
  for (const [dump, name, end] of [
    ['v1.36.2/iptables', 'random-01'],
    ['v1.36.2/nftables', 'random-01'],
    ['v1.20.2/iptables', 'loadbalancer-cluster'],
    ['v1.20.2/iptables', 'terminating'],
    ['v1.36.2/iptables', 'dual-stack', 'rules6'],
  ]) {
    const file = join(golden, `${dump}`, `${name}.${end ?? (dump?.endsWith('nftables') ? 'nft' : 'rules')}`);
    const cluster = join(golden, 'cases', `${name}.yaml`);
    const { status, stdout, stderr } = await svclab(runDir, ['lint', '--dump', file, '-f', cluster, '--node', 'node1']);
    t.deepEqual([status, stdout, stderr], [0, 'nothing found\n', ''], file);
  }
});

test('findings: exit status 1, text and JSON', async (t) => {
  const args = ['lint', '--dump', join(testdata, 'iptables.dump'), ...quickstart, '--node', 'node2'];
  const text = await svclab(runDir, args);
  const cluster = join(golden, 'cases', 'nodeport-myhttpd.yaml');
  const other = await svclab(runDir, [
    'lint',
    '--dump',
    join(testdata, 'iptables.dump'),
    '-f',
    cluster,
    '--node',
    'node1',
    '-o',
    'json',
  ]);
  t.like(text, { status: 0 }, 'the other node has the same Services');
  t.is(other.status, 1);
  const { findings } = JSON.parse(other.stdout) as { findings: readonly { rule: string }[] };
  t.deepEqual(
    [...new Set(findings.map(({ rule }) => rule))].sort(),
    ['missing-endpoint', 'service-without-rules', 'stale-endpoint', 'stale-service'].filter((rule) =>
      findings.some((one) => one.rule === rule),
    ),
  );
  t.true(
    findings.some(({ rule }) => rule === 'service-without-rules') &&
      findings.some(({ rule }) => rule === 'stale-service'),
  );
});

test('what cannot be read is a fault of usage', async (t) => {
  t.like(await svclab(runDir, ['lint', '--dump', '/no/such']), { status: 2, stdout: '' });
  t.like(await svclab(runDir, ['lint', '--dump', root]), { status: 2, stdout: '' });
  const unclear = await svclab(runDir, [
    'lint',
    '--dump',
    join(golden, 'v1.36.2/iptables/hints.rules'),
    '-f',
    join(golden, 'cases/hints.yaml'),
  ]);
  t.is(unclear.status, 2);
  t.regex(unclear.stderr, /--node: node1, node2, node3/);
});

test('a dump without any rules is no healthy node', async (t) => {
  const input = '### iptables-save\n# not available: you must be root\n### ip -o addr show\n';
  const { status, stderr } = await svclab(runDir, ['lint', '--dump', '-'], { input });
  t.is(status, 2);
  t.regex(stderr, /^error\[usage\]: standard input has no rules\n {2}hint: /);
});

test('collect prints the script, and a shell runs it', async (t) => {
  const script = readFileSync(join(root, 'scripts/collect.sh'), 'utf8');
  t.like(await svclab(runDir, ['collect']), { status: 0, stdout: script });
  const dump = execFileSync('sh', ['-s'], { input: script, encoding: 'utf8', stdio: ['pipe', 'pipe', 'ignore'] });
  t.regex(dump, /^# Made by svclab collect\n### uname -sr\n/);
  t.notRegex(dump, /^net\.\S*(secret|_key)\b/m);
  const bare = script.replace('command -v sysctl >/dev/null 2>&1', 'false');
  const sysctls = execFileSync('sh', ['-s'], { input: bare, encoding: 'utf8', stdio: ['pipe', 'pipe', 'ignore'] });
  t.regex(sysctls, /^net\.ipv4\.ip_forward = [01]$/m, 'without sysctl(8)');
  t.regex(sysctls, /^net\.ipv4\.\S+ = \d{2,}$/m, 'numbers are whole');
  t.notRegex(sysctls, /^net\.\S*(secret|_key)\b/m);
  const cut = script.slice(0, script.lastIndexOf('main'));
  t.is(execFileSync('sh', ['-s'], { input: cut, encoding: 'utf8' }), '', 'a script that was cut does nothing');
});
