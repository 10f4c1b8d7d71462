import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test from 'ava';
import { requireTool } from '../kernel/tools.ts';
import { svclab } from './testing/svclab.ts';

const run = promisify(execFile);
const directory = mkdtempSync(join(tmpdir(), 'svclab-dns-'));
test.after.always(() => rmSync(directory, { recursive: true, force: true }));

const golden = fileURLToPath(new URL('../dns/testdata/cluster.yaml', import.meta.url));
const launcher = fileURLToPath(new URL('../../bin/svclab', import.meta.url));

const zones: readonly (readonly [zone: string, record: RegExp])[] = [
  [
    'cluster.local',
    /^_mysql\._tcp\.db\.prod\.svc\.cluster\.local\. 30 IN SRV 0 50 3306 db-0\.db\.prod\.svc\.cluster\.local\.$/m,
  ],
  ['in-addr.arpa', /^31\.0\.244\.10\.in-addr\.arpa\. 30 IN PTR 10-244-0-31\.web\.default\.svc\.cluster\.local\.$/m],
  ['ip6.arpa', /^(?:[0-9a-f]\.){32}ip6\.arpa\. 30 IN PTR \S+\.svc\.cluster\.local\.$/m],
];

for (const [zone, record] of zones) {
  test(`named-checkzone accepts the zone ${zone}`, async (t) => {
    const { status, stdout } = await svclab(directory, ['records', '-f', golden, '--zone', `${zone}.`]);
    t.is(status, 0);
    const file = join(directory, zone);
    writeFileSync(file, stdout);
    const checked = await run(requireTool('named-checkzone'), [zone, file]);
    t.regex(checked.stdout, /\nOK\n$/);
    t.notRegex(checked.stdout, /warning|error/i);
    t.regex(stdout, record);
  });
}

test('a zone that the cluster does not have', async (t) => {
  const { status, stderr } = await svclab(directory, ['records', '-f', golden, '--zone', 'example.com']);
  t.is(status, 2);
  t.regex(stderr, /no zone "example\.com"\n.*Zones: cluster\.local, in-addr\.arpa, ip6\.arpa/);
});

test('the zone of one namespace', async (t) => {
  const { stdout } = await svclab(directory, ['records', '-f', golden, '-n', 'prod', '-o', 'json']);
  const { zone, records } = JSON.parse(stdout) as { readonly zone: string; readonly records: readonly string[] };
  t.is(zone, 'cluster.local');
  t.true(records.some((record) => record.startsWith('redis.prod.svc')));
  t.false(records.some((record) => record.includes('.default.svc')));
  const unknown = await svclab(directory, ['records', '-f', golden, '-n', 'nope']);
  t.is(unknown.status, 2);
  t.regex(unknown.stderr, /namespace "nope" not found/);
});

function podOf(name: string, ip: string, ready: string): string {
  return `---
apiVersion: v1
kind: Pod
metadata: { name: ${name}, namespace: shop, labels: { app: web } }
spec: { nodeName: n1, containers: [{ name: web, image: nginx }] }
status: { phase: Running, podIP: ${ip}, podIPs: [{ ip: ${ip} }], conditions: [{ type: Ready, status: "${ready}" }] }
`;
}

test('Pods of a cluster without EndpointSlices: those that are not ready have no record', async (t) => {
  const services = ['web', 'all'].map(
    (name) => `---
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: shop }
spec: { clusterIP: None, publishNotReadyAddresses: ${name === 'all'}, selector: { app: web }, ports: [{ port: 80 }] }
`,
  );
  const file = join(directory, 'pods.yaml');
  writeFileSync(file, [podOf('a', '10.244.7.7', 'True'), podOf('b', '10.244.7.8', 'False'), ...services].join(''));
  const { stdout } = await svclab(directory, ['records', '-f', file, '-n', 'shop']);
  const addresses = (name: string) =>
    [...stdout.matchAll(new RegExp(`^${name}.shop.* A (.*)$`, 'gm'))].map(([, ip]) => ip);
  t.deepEqual(addresses('web'), ['10.244.7.7']);
  t.deepEqual(addresses('all'), ['10.244.7.7', '10.244.7.8']);
});

const lab = `
apiVersion: svclab.dev/v1
kind: Lab
metadata: { name: demo }
spec: { dns: { hosts: [{ ip: 203.0.113.9, hostnames: [db.example.com] }] } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: nginx, ports: [{ containerPort: 80 }] }] }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { clusterIP: None, selector: { app: web }, ports: [{ port: 80 }] }
---
apiVersion: v1
kind: Service
metadata: { name: db }
spec: { type: ExternalName, externalName: db.example.com }
`;

test('svclab dns serve answers for the Pods that manifests come to, until it is ended', async (t) => {
  const file = join(directory, 'lab.yaml');
  writeFileSync(file, lab);
  const child = spawn(launcher, ['dns', 'serve', '-f', file, '--listen', '127.0.0.1:0'], { stdio: 'pipe' });
  t.teardown(() => child.kill('SIGKILL'));
  const port = await new Promise<string>((resolve) => {
    child.stdout.on('data', (chunk) => resolve(/port (\d+)/.exec(String(chunk))?.[1] ?? ''));
  });
  const dig = async (name: string) => {
    const { stdout } = await run(requireTool('dig'), ['@127.0.0.1', '-p', port, '+short', name]);
    return stdout.trim().split('\n');
  };
  t.is((await dig('web.default.svc.cluster.local')).length, 2);
  t.deepEqual(await dig('db.default.svc.cluster.local'), ['db.example.com.', '203.0.113.9']);
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  t.is(await ended, 0);
});

test('an address that is none', async (t) => {
  const { status, stderr } = await svclab(directory, ['dns', 'serve', '-f', golden, '--listen', 'somewhere']);
  t.is(status, 2);
  t.regex(stderr, /not an address to listen on/);
});
