import { join } from 'node:path';
import anyTest, { type TestFn } from 'ava';
import { goldenAnswers } from '../src/dns/testing/golden.ts';
import type { Lookup } from '../src/lookup/look-up.ts';
import { type RunningLab, until, withLab } from './testing/lab.ts';
import { root } from './testing/scratch.ts';

const test = anyTest as TestFn;

const goldenCluster = join(root, 'src/dns/testdata/cluster.yaml');

const lab = `
apiVersion: svclab.dev/v1
kind: Lab
metadata: { name: names }
spec:
  nodes: [{ name: master, role: control-plane }, { name: node1 }, { name: node2 }]
  underlay: { cidr: "192.168.56.0/24,fd00:56::/64", mtu: 1500 }
  serviceClusterIPRange: 10.96.0.0/12,fd00:10:96::/108
  dns: { hosts: [{ ip: 203.0.113.10, hostnames: [my.shop.example] }] }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: kube-flannel-cfg, namespace: kube-system }
data:
  net-conf.json: |
    { "Network": "10.244.0.0/16", "EnableIPv6": true, "IPv6Network": "fd00:10:244::/56", "Backend": { "Type": "vxlan" } }
---
apiVersion: v1
kind: Pod
metadata: { name: box }
spec: { nodeName: node2, containers: [{ name: box, image: busybox }] }
---
apiVersion: v1
kind: Namespace
metadata: { name: other }
---
apiVersion: v1
kind: Pod
metadata: { name: box, namespace: other }
spec: { nodeName: node1, containers: [{ name: box, image: busybox }] }
`;

const shop = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: shop }
spec:
  replicas: 2
  selector: { matchLabels: { app: shop } }
  template:
    metadata: { labels: { app: shop } }
    spec: { containers: [{ name: shop, image: httpd }] }
---
apiVersion: v1
kind: Service
metadata: { name: shop }
spec: { clusterIP: 10.96.7.7, selector: { app: shop }, ports: [{ name: http, port: 80 }] }
---
apiVersion: v1
kind: Service
metadata: { name: shops }
spec: { clusterIP: None, selector: { app: shop }, ports: [{ name: http, port: 80 }] }
---
apiVersion: v1
kind: Service
metadata: { name: outside }
spec: { type: ExternalName, externalName: my.shop.example }
`;

const stateful = `
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: db }
spec:
  serviceName: db
  replicas: 1
  selector: { matchLabels: { app: db } }
  template:
    metadata: { labels: { app: db } }
    spec:
      enableServiceLinks: false
      containers: [{ name: db, image: redis, env: [{ name: ROLE, value: "of $(KUBERNETES_SERVICE_HOST)" }] }]
---
apiVersion: v1
kind: Service
metadata: { name: db }
spec: { clusterIP: None, selector: { app: db }, ports: [{ name: redis, port: 6379 }] }
`;

/** Records of one section of dig's output, as the golden answers write them. */
function sectionOf(output: string, name: string): readonly string[] {
  const text = new RegExp(`;; ${name} SECTION:\n((?:[^;\n].*\n)*)`).exec(output)?.[1] ?? '';
  const lines = text.split('\n').filter((line) => line !== '');
  const plain = (line: string) => line.replace(/\s+IN\s+/, ' ').replaceAll(/\s+/g, ' ');
  return lines.map((line) => plain(line).replace(/(hostmaster\.cluster\.local\.) \d+ /, '$1 SERIAL ')).sort();
}

/** The golden server had 10.96.0.10 as its own address; in a lab it finds itself behind Service kube-dns, by that name. */
function inLab(record: string): string {
  return record.replace(/\bns\.dns\.cluster\.local\.(?= 30 A|$)/, 'kube-dns.kube-system.svc.cluster.local.');
}

test.serial('dig in a Pod gets every golden answer through Service kube-dns, over UDP and TCP', async (t) => {
  await withLab(t, [lab], async (running) => {
    const { exitCode, stderr } = await running.svclab('apply', '-f', goldenCluster);
    t.is(exitCode, 0, stderr);
    await until(async () => (await running.exec('pod/box', 'dig', '+short', 'db.prod.svc.cluster.local')) !== '');
    for (const transport of ['+notcp', '+tcp']) {
      const questions = goldenAnswers.flatMap(({ query, type }) => ['-q', query, '-t', type]);
      const output = await running.exec('pod/box', 'dig', '+norec', '+noedns', transport, ...questions);
      const replies = output.split(';; Got answer:').slice(1);
      t.is(replies.length, goldenAnswers.length);
      for (const [at, golden] of goldenAnswers.entries()) {
        const reply = replies[at] ?? '';
        const what = `${golden.query} ${golden.type} ${transport}`;
        const isApexNS = golden.type === 'NS';
        const expected = (records: readonly string[]) => (isApexNS ? records.map(inLab) : records).toSorted();
        t.is(/status: (\w+)/.exec(reply)?.[1], golden.rcode, what);
        t.is(/flags:[^;]* aa/.test(reply), golden.aa, what);
        t.deepEqual(sectionOf(reply, 'ANSWER'), expected(golden.answer), what);
        t.deepEqual(sectionOf(reply, 'AUTHORITY'), expected(golden.authority), what);
        t.deepEqual(sectionOf(reply, 'ADDITIONAL'), expected(golden.additional), what);
      }
    }
  });
});

const it = '<html><body><h1>It works!</h1></body></html>\n';

function addresses(running: RunningLab, name: string): Promise<readonly string[]> {
  return running.exec('pod/box', 'dig', '+short', name).then((text) => text.split('\n').filter((line) => line !== ''));
}

test.serial('programs find Services by name: curl, wget, getent; records follow the Pods', async (t) => {
  await withLab(t, [lab, shop], async (running) => {
    t.is(await running.exec('pod/box', 'curl', '-sS', 'http://shop'), it);
    t.is(await running.exec('pod/other/box', 'wget', '-qO-', 'http://shop.default'), it);
    t.is(await running.exec('pod/other/box', 'curl', '-sS', 'http://shop.default.svc.cluster.local'), it);
    const { exitCode } = await running.svclab('exec', 'pod/other/box', '--', 'curl', '-sS', '-m', '5', 'http://shop');
    t.is(exitCode, 6, 'the short name is one of another namespace');
    t.regex(await running.exec('pod/box', 'getent', 'hosts', 'outside'), /^203\.0\.113\.10 +my\.shop\.example/);
    const peers = 'shops.default.svc.cluster.local';
    t.is((await addresses(running, peers)).length, 2);
    await running.svclab('scale', 'deployment/shop', '--replicas', '3');
    t.true(await until(async () => (await addresses(running, peers)).length === 3));
    await running.svclab('scale', 'deployment/shop', '--replicas', '0');
    t.true(await until(async () => (await addresses(running, peers)).length === 0));
    t.is((await addresses(running, 'shop.default.svc.cluster.local')).length, 1, 'a cluster IP needs no endpoints');
    for (const [name, type] of [
      ['shop', 'A'],
      ['shops.default', 'SRV'],
      ['outside', 'A'],
      ['nope', 'A'],
      ['cluster.local.', 'NS'],
    ] as const) {
      const { agrees } = await running.json<Lookup>('dns', name, type, '--from', 'pod/box');
      t.true(agrees, name);
    }
    const { disagreed } = await running.verify();
    t.is(disagreed, 0);
  });
});

test.serial('Pods find Services in their variables, and a Pod with a subdomain knows its full name', async (t) => {
  await withLab(t, [lab, shop, stateful], async (running) => {
    const variables = async (pod: string) => {
      const lines = (await running.exec(pod, 'env')).split('\n');
      return lines.filter((line) => /^(?:SHOP|SHOPS|OUTSIDE|KUBERNETES|LATE|ROLE)(?:_|=)/.test(line)).sort();
    };
    const ip = '10.96.7.7';
    const near = await variables('pod/box');
    t.deepEqual(
      near.filter((line) => !line.startsWith('KUBERNETES_')),
      [
        `SHOP_PORT=tcp://${ip}:80`,
        `SHOP_PORT_80_TCP=tcp://${ip}:80`,
        `SHOP_PORT_80_TCP_ADDR=${ip}`,
        'SHOP_PORT_80_TCP_PORT=80',
        'SHOP_PORT_80_TCP_PROTO=tcp',
        `SHOP_SERVICE_HOST=${ip}`,
        'SHOP_SERVICE_PORT=80',
        'SHOP_SERVICE_PORT_HTTP=80',
      ],
    );
    t.true(near.includes('KUBERNETES_SERVICE_HOST=10.96.0.1'));
    t.true(
      (await variables('pod/other/box')).every((line) => line.startsWith('KUBERNETES_')),
      'another namespace',
    );
    const links = await variables('pod/db-0');
    t.true(links.includes('ROLE=of 10.96.0.1'), "the container's own");
    t.false(
      links.some((line) => line.startsWith('SHOP_')),
      'enableServiceLinks: false',
    );
    const name = 'db-0.db.default.svc.cluster.local';
    t.regex(await running.exec('pod/db-0', 'cat', '/etc/hosts'), new RegExp(`^10\\.244\\.\\S+ ${name} db-0$`, 'm'));
    t.is(await running.exec('pod/db-0', 'hostname', '-f'), `${name}\n`);
    await running.apply('apiVersion: v1\nkind: Service\nmetadata: { name: late }\nspec: { ports: [{ port: 1 }] }\n');
    t.false(
      (await variables('pod/box')).some((line) => line.startsWith('LATE_')),
      'a Service made after the Pod',
    );
  });
});

test.serial('one DNS Pod gone: names work; all of them: names fail, addresses still work', async (t) => {
  await withLab(t, [lab, shop], async (running) => {
    const [ip = ''] = await addresses(running, 'shop.default.svc.cluster.local');
    await running.svclab('scale', 'deployment/coredns', '-n', 'kube-system', '--replicas', '1');
    t.true(await until(async () => (await running.exec('pod/box', 'curl', '-sS', '-m', '9', 'http://shop')) === it));
    await running.svclab('scale', 'deployment/coredns', '-n', 'kube-system', '--replicas', '0');
    const failing = async () =>
      (await running.svclab('exec', 'pod/box', '--', 'curl', '-sS', '-m', '2', 'http://shop')).exitCode;
    t.true(await until(async () => [6, 28].includes(await failing())));
    t.is(await running.exec('pod/box', 'curl', '-sS', `http://${ip}`), it);
    const { outcome, agrees } = await running.json<Lookup>('dns', 'shop', '--from', 'pod/box');
    t.deepEqual([outcome, agrees], ['no answer', true]);
    await running.svclab('scale', 'deployment/coredns', '-n', 'kube-system', '--replicas', '2');
    t.true(await until(async () => (await failing()) === 0));
  });
});
