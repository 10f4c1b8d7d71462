import anyTest, { type TestFn } from 'ava';
import type { Lookup } from '../src/lookup/look-up.ts';
import { type RunningLab, until, withLab } from './testing/lab.ts';
import { svclabPath } from './testing/scratch.ts';

const test = anyTest as TestFn;

/** The world outside: a name server's data, as `svclab dns serve` takes it. */
const world = (ip: string) => `
apiVersion: svclab.dev/v1
kind: Lab
metadata: { name: world }
spec: { dns: { hosts: [{ ip: ${ip}, hostnames: [my.database.example.com, www.example.com, host.corp.example] }] } }
`;

const lab = (dns: string) => `
apiVersion: svclab.dev/v1
kind: Lab
metadata: { name: outside }
spec:
  nodes: [{ name: node1 }, { name: node2 }]
  clients: [{ name: world, ip: 203.0.113.53 }, { name: corp, ip: 203.0.113.54 }]
  dns: ${dns}
---
apiVersion: v1
kind: Pod
metadata: { name: box }
spec: { nodeName: node1, containers: [{ name: box, image: busybox }] }
---
apiVersion: v1
kind: Service
metadata: { name: database }
spec: { type: ExternalName, externalName: my.database.example.com }
`;

const pods = `
apiVersion: v1
kind: Pod
metadata: { name: with-cluster }
spec:
  nodeName: node1
  hostNetwork: true
  dnsPolicy: ClusterFirstWithHostNet
  containers: [{ name: main, image: busybox, command: [sh, -c, "cat /etc/resolv.conf; exec sleep 3600"] }]
---
apiVersion: v1
kind: Pod
metadata: { name: with-node }
spec:
  nodeName: node1
  hostNetwork: true
  containers: [{ name: main, image: busybox, command: [sh, -c, "cat /etc/resolv.conf; exec sleep 3600"] }]
---
apiVersion: v1
kind: Pod
metadata: { name: own }
spec:
  nodeName: node1
  hostNetwork: true
  dnsPolicy: Default
  dnsConfig: { nameservers: [203.0.113.54], searches: [corp.example], options: [{ name: ndots, value: "2" }] }
  containers: [{ name: main, image: busybox, command: [sh, -c, "cat /etc/resolv.conf; exec sleep 3600"] }]
`;

/** A name server on a host outside, until the lab ends. */
function startServer({ scratch, name }: RunningLab, client: string, address: string, ip: string): void {
  const file = scratch.file(world(ip));
  const serve = [svclabPath, 'dns', 'serve', '-f', file, '--listen', `${address}:53`];
  void scratch.svclab('exec', '--lab', name, `client/${client}`, '--', ...serve);
}

async function dig(running: RunningLab, ...args: readonly string[]) {
  const output = await running.exec('pod/box', 'dig', '+tries=1', '+time=9', '+noall', '+comments', '+answer', ...args);
  const records = output.split('\n').filter((line) => line !== '' && !line.startsWith(';'));
  return [/status: (\w+)/.exec(output)?.[1], ...records.map((line) => line.replaceAll(/\s+/g, ' '))];
}

test.serial('without upstreams a name outside is SERVFAIL; what the Lab says can change while it runs', async (t) => {
  const hosts = '{ hosts: [{ ip: 203.0.113.54, hostnames: [my.database.example.com] }] }';
  await withLab(t, [lab('true')], async (running) => {
    t.deepEqual(await dig(running, 'www.example.com'), ['SERVFAIL']);
    const alias = 'database.default.svc.cluster.local. 30 IN CNAME my.database.example.com.';
    t.deepEqual(await dig(running, 'database.default.svc.cluster.local'), ['NOERROR', alias]);
    await running.apply(lab(hosts).split('---')[0] ?? '');
    const address = 'my.database.example.com. 30 IN A 203.0.113.54';
    t.true(await until(async () => (await dig(running, 'my.database.example.com')).includes(address)));
    t.deepEqual(await dig(running, 'database.default.svc.cluster.local'), ['NOERROR', alias, address]);
    t.is(
      await running.exec('pod/box', 'getent', 'ahostsv4', 'database').then((text) => text.split(' ')[0]),
      '203.0.113.54',
    );
  });
});

test.serial(
  'upstreams and stub domains are asked from the DNS Pods; without them no answer comes late or wrong',
  async (t) => {
    const dns = `
    upstreams: ["203.0.113.54:5353", 203.0.113.53]
    stubDomains: [{ domain: corp.example, servers: [203.0.113.54] }]`;
    await withLab(t, [lab(dns)], async (running) => {
      t.deepEqual(await dig(running, 'www.example.com'), ['SERVFAIL'], 'nobody listens yet');
      startServer(running, 'world', '203.0.113.53', '203.0.113.80');
      startServer(running, 'corp', '203.0.113.54', '203.0.113.90');
      const www = ['NOERROR', 'www.example.com. 30 IN A 203.0.113.80'];
      const corp = ['NOERROR', 'host.corp.example. 30 IN A 203.0.113.90'];
      t.true(await until(async () => (await dig(running, 'www.example.com')).join() === www.join()));
      t.true(await until(async () => (await dig(running, 'host.corp.example')).join() === corp.join()));
      t.deepEqual(await dig(running, '+tcp', 'www.example.com'), www);
      t.deepEqual(await dig(running, 'database.default.svc.cluster.local'), [
        'NOERROR',
        'database.default.svc.cluster.local. 30 IN CNAME my.database.example.com.',
        'my.database.example.com. 30 IN A 203.0.113.80',
      ]);
      const { agrees, outcome, steps } = await running.json<Lookup>('dns', 'database', '--from', 'pod/box');
      t.deepEqual([agrees, outcome], [true, 'found']);
      t.deepEqual(steps[0]?.predicted.forwardedTo, ['203.0.113.54:5353', '203.0.113.53:53']);
      await running.exec('node1', 'iptables', '-I', 'FORWARD', '-d', '203.0.113.53', '-j', 'DROP');
      await running.exec('node2', 'iptables', '-I', 'FORWARD', '-d', '203.0.113.53', '-j', 'DROP');
      t.deepEqual(
        await dig(running, 'www.example.com'),
        ['SERVFAIL'],
        'the packets of the DNS Pods do not pass their node',
      );
      t.deepEqual(await dig(running, 'host.corp.example'), corp);
    });
  },
);

test.serial('each Pod with hostNetwork has the resolv.conf of its dnsPolicy', async (t) => {
  await withLab(t, [lab('{ upstreams: [203.0.113.53] }'), pods], async (running) => {
    const node = 'nameserver 203.0.113.53\n';
    const expected = {
      'with-cluster':
        'search default.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n',
      'with-node': node,
      own: `search corp.example\n${node}nameserver 203.0.113.54\noptions ndots:2\n`,
    };
    for (const [pod, text] of Object.entries(expected)) {
      t.is(await running.exec(`pod/${pod}`, 'cat', '/etc/resolv.conf'), text, pod);
      t.true(await until(async () => (await running.svclab('logs', pod)).stdout === text), pod);
    }
    t.is(await running.exec('node1', 'cat', '/etc/resolv.conf'), node);
    t.is(await running.exec('pod/with-cluster', 'hostname'), 'node1\n');
    const { stdout } = await running.svclab(
      'exec',
      'pod/with-cluster',
      '--',
      'getent',
      'hosts',
      'kube-dns.kube-system',
    );
    t.regex(stdout, /^10\.96\.0\.10 +kube-dns\.kube-system\.svc\.cluster\.local/);
  });
});
