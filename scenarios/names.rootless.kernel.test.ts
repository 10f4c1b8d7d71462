import anyTest, { type TestFn } from 'ava';
import type { ExplainedConnection } from '../src/api/types.ts';
import { type RunningLab, sharedLab, until } from './testing/lab.ts';

const test = anyTest as TestFn;

const manifests = `
apiVersion: svclab.dev/v1
kind: Lab
metadata: { name: names }
spec: { dns: { hosts: [{ ip: 203.0.113.10, hostnames: [my.shop.example] }] } }
---
apiVersion: v1
kind: Namespace
metadata: { name: prod }
---
apiVersion: v1
kind: Pod
metadata: { name: box }
spec: { nodeName: node2, containers: [{ name: box, image: busybox }] }
---
apiVersion: v1
kind: Pod
metadata: { name: box, namespace: prod }
spec: { nodeName: node1, containers: [{ name: box, image: busybox }] }
---
apiVersion: v1
kind: Pod
metadata: { name: on-host }
spec: { nodeName: node1, hostNetwork: true, containers: [{ name: box, image: busybox }] }
---
apiVersion: v1
kind: Pod
metadata: { name: own-server }
spec:
  nodeName: node1
  dnsPolicy: None
  dnsConfig: { nameservers: [10.96.0.10], searches: [default.svc.cluster.local] }
  containers: [{ name: box, image: busybox }]
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 3
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: httpd }] }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { selector: { app: web }, ports: [{ port: 8080, targetPort: 80 }] }
---
apiVersion: v1
kind: Service
metadata: { name: peers }
spec: { clusterIP: None, selector: { app: web }, ports: [{ port: 80 }] }
---
apiVersion: v1
kind: Service
metadata: { name: shop }
spec: { type: ExternalName, externalName: my.shop.example }
`;

const running = sharedLab(test, [manifests]);

async function seen(lab: RunningLab, from: string, to: string, count = 1): Promise<string> {
  const { agrees, difference, observed } = await lab.curl(from, to, count);
  if (!agrees) throw new Error(`${from} → ${to}: ${difference}`);
  return [...new Set(observed.map(({ outcome }) => outcome))].join(', ');
}

test.serial('curl by name: from Pods by any form, from nobody else', async (t) => {
  const lab = running();
  for (const [from, to, outcome] of [
    ['pod/box', 'web:8080', 'delivered'],
    ['pod/box', 'http://web.default:8080/', 'delivered'],
    ['pod/prod/box', 'web.default.svc.cluster.local:8080', 'delivered'],
    ['pod/prod/box', 'web.default.svc.cluster.local.:8080', 'delivered'],
    ['pod/prod/box', 'web.default:8080', 'delivered'],
    ['pod/prod/box', 'web:8080', 'nxdomain'],
    ['pod/own-server', 'web:8080', 'delivered'],
    ['pod/own-server', 'web.default:8080', 'nxdomain'],
    ['pod/box', 'web', 'dropped'],
    ['pod/box', 'tcp://web:8080', 'delivered'],
    ['pod/box', 'kube-dns.kube-system:53', 'delivered'],
    ['pod/box', 'ping://peers', 'delivered'],
    ['pod/box', 'ping://nothing', 'nxdomain'],
    ['pod/box', 'shop', 'refused'],
    ['pod/box', 'box:80', 'refused'],
    ['pod/on-host', 'web:8080', 'nxdomain'],
    ['node1', 'web.default.svc.cluster.local:8080', 'nxdomain'],
    ['client/laptop', 'web.default.svc.cluster.local:8080', 'nxdomain'],
  ] as const) {
    t.is(await seen(lab, from, to), outcome, `${from} → ${to}`);
  }
});

test.serial('a headless Service has an address for each Pod, and the client chooses', async (t) => {
  const lab = running();
  const { predicted, observed, agrees } = await lab.curl('pod/box', 'peers', 60);
  t.true(agrees);
  t.deepEqual([predicted.length, observed.length], [3, 3]);
  const own = predicted[0]?.pod ?? '';
  const itself = await lab.curl(`pod/${own}`, 'peers', 12);
  t.true(itself.agrees);
  t.deepEqual(
    itself.observed.map(({ pod }) => pod),
    [own],
    'the own address is nearest',
  );
});

test.serial('verify: each Service by each name, from Pods, nodes and outside', async (t) => {
  const { connections, disagreed } = await running().verify();
  t.is(disagreed, 0, connections.find(({ agrees }) => !agrees)?.difference);
  const about = (form: string) => connections.filter((one) => one.about?.startsWith(`${form} of `));
  for (const form of ['short name', 'name.namespace', 'full name']) {
    const services = new Set(about(form).map((one) => one.about));
    t.is(services.size, 5, form);
    for (const kind of ['pod/', 'node/', 'client/']) t.true(about(form).some(({ from }) => from.startsWith(kind)));
  }
  const only = await running().verify('--from', 'pod/box', '--to', 'web.default');
  t.deepEqual(
    only.connections.map(({ to }) => to),
    ['http://web.default:8080'],
  );
});

test.serial('DNS down: names fail, addresses work, explain says why; verify expects it', async (t) => {
  const lab = running();
  const scale = (replicas: string) =>
    lab.svclab('scale', 'deployment/coredns', '-n', 'kube-system', '--replicas', replicas);
  await scale('0');
  t.true(await until(async () => (await lab.curl('pod/box', 'web:8080')).observed[0]?.outcome === 'nxdomain'));
  t.is(await seen(lab, 'pod/box', 'web:8080'), 'nxdomain');
  t.is(await seen(lab, 'pod/box', 'svc/web:8080'), 'delivered');
  const { steps } = await lab.json<ExplainedConnection>('explain', 'pod/box', 'web:8080');
  t.true(steps.some(({ text }) => text.includes('Service kube-system/kube-dns has no ready endpoint')));
  t.is((await lab.verify('--to', 'svc/web')).disagreed, 0);
  await scale('2');
  t.true(await until(async () => (await lab.curl('pod/box', 'web:8080')).observed[0]?.outcome === 'delivered'));
});

test.serial('what the model does not expect is a difference: another answer than the Service has', async (t) => {
  const lab = running();
  const resolv = await lab.exec('pod/box', 'cat', '/etc/resolv.conf');
  t.regex(resolv, /nameserver 10\.96\.0\.10/);
  await lab.exec('node2', 'iptables', '-t', 'mangle', '-I', 'PREROUTING', '-p', 'udp', '--dport', '53', '-j', 'DROP');
  const { agrees, observed } = await lab.curl('pod/box', 'web:8080');
  t.deepEqual([agrees, observed[0]?.outcome], [false, 'nxdomain']);
  await lab.exec('node2', 'iptables', '-t', 'mangle', '-D', 'PREROUTING', '-p', 'udp', '--dport', '53', '-j', 'DROP');
  t.is(await seen(lab, 'pod/box', 'web:8080'), 'delivered');
});
