import anyTest, { type ExecutionContext, type TestFn } from 'ava';
import type { Service } from '../src/kinds/types/service.ts';
import { type RunningLab, withLab } from './testing/lab.ts';

const test = anyTest as TestFn;

function labOf(release: string, config = ''): string {
  return `apiVersion: svclab.dev/v1
kind: Lab
metadata: { name: agent }
spec:
  kubernetesRelease: "${release}"
  nodes: [{ name: node1 }, { name: node2 }]
  clients: [{ name: laptop, ip: 203.0.113.10 }]
---
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
clusterCIDR: 10.244.0.0/16
${config}
`;
}

function pod(name: string, { app = name, node = 'node1', more = '' } = {}): string {
  return `apiVersion: v1
kind: Pod
metadata: { name: ${name}, labels: { app: ${app} } }
spec:
  nodeName: ${node}
  terminationGracePeriodSeconds: 0
  ${more}
  containers:
    - name: main
      image: registry.k8s.io/e2e-test-images/agnhost:2.47
      args: [netexec, --http-port=8080, --udp-port=8081]
`;
}

function service(name: string, spec: string): string {
  return `apiVersion: v1
kind: Service
metadata: { name: ${name} }
spec: ${spec}
`;
}

const manifest = (...parts: readonly string[]) => parts.join('---\n');

async function specOf(lab: RunningLab, name: string): Promise<Service['spec']> {
  return (await lab.json<Service>('get', 'service', name)).spec;
}

/** Tries again until the body holds or patience ends, then once more for its failure to be seen. */
async function soon<T>(look: () => Promise<T>, holds: (found: T) => boolean): Promise<T> {
  for (let tries = 0; tries < 60; tries++) {
    const found = await look();
    if (holds(found)) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return look();
}

function sockets(lab: RunningLab, node: string, flags: string): Promise<string[]> {
  return lab.exec(node, 'ss', '-H', flags).then((text) =>
    text
      .trim()
      .split('\n')
      .map((line) => line.split(/\s+/)[3] ?? '')
      .sort(),
  );
}

const balancer =
  '{ type: LoadBalancer, externalTrafficPolicy: Local, selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }] }';

test.serial('healthCheckNodePort: 200 where an endpoint is, 503 elsewhere, as endpoints come and go', async (t) => {
  const web = pod('web-0', { app: 'web' });
  await withLab(t, [manifest(labOf('1.36'), web, service('web', balancer))], async (lab) => {
    const port = (await specOf(lab, 'web')).healthCheckNodePort ?? 0;
    t.true(port > 0);
    const ask = (from: string, address: string, ...more: string[]) =>
      lab.exec(from, 'curl', '-s', '-m', '5', '-w', '\n%{http_code}', ...more, `http://${address}:${port}/any/path`);
    const [node1, node2] = (await lab.status()).nodes.map(({ ip }) => ip);
    const body = (count: number) =>
      `{\n\t"service": {\n\t\t"namespace": "default",\n\t\t"name": "web"\n\t},\n\t"localEndpoints": ${count},\n\t"serviceProxyHealthy": true\n}`;
    t.is(await ask('client/laptop', `${node1}`), `${body(1)}\n200`);
    t.is(await ask('client/laptop', `${node2}`), `${body(0)}\n503`);
    t.is(await ask('node2', '127.0.0.1', '-X', 'DELETE'), `${body(0)}\n503`);
    const head = await ask('node2', `${node1}`, '-I');
    t.regex(head, /^HTTP\/1\.1 200 OK\r\nContent-Type: application\/json\r\nX-Content-Type-Options: nosniff\r\n/);
    t.regex(head, /\r\nX-Load-Balancing-Endpoint-Weight: 1\r\n/);
    await lab.apply(pod('web-1', { app: 'web', node: 'node2' }));
    await lab.svclab('delete', 'pod', 'web-0');
    t.is(
      await soon(
        () => ask('client/laptop', `${node1}`),
        (text) => text.endsWith('503'),
      ),
      `${body(0)}\n503`,
    );
    t.is(
      await soon(
        () => ask('client/laptop', `${node2}`),
        (text) => text.endsWith('200'),
      ),
      `${body(1)}\n200`,
    );
    await lab.svclab('delete', 'service', 'web');
    const gone = await soon(
      () => sockets(lab, 'node1', '-ltn'),
      (found) => !found.includes(`*:${port}`),
    );
    t.deepEqual(gone, ['*:10256']);
  });
});

test.serial("kube-proxy's own health server answers on every node that has a proxy", async (t) => {
  await withLab(t, [labOf('1.36')], async (lab) => {
    const ask = (path: string) =>
      lab.exec('client/laptop', 'curl', '-s', '-m', '5', `http://192.168.56.12:10256${path}`);
    t.like(JSON.parse(await ask('/healthz')), {
      nodeEligible: true,
      healthy: true,
      status: { IPv4: { healthy: true } },
    });
    t.like(JSON.parse(await ask('/livez')), { healthy: true });
    t.is(await ask('/'), '404 page not found\n');
  });
});

const nodePorts = manifest(
  service(
    'web',
    '{ type: NodePort, selector: { app: web }, ports: [{ port: 80, targetPort: 8080, nodePort: 30080 }] }',
  ),
  service(
    'dns',
    '{ type: NodePort, selector: { app: web }, externalIPs: [192.168.56.11], ports: [{ port: 53, targetPort: 8081, protocol: UDP, nodePort: 30053 }] }',
  ),
);

async function held(t: ExecutionContext, release: string, tcp: string[], udp: string[]): Promise<void> {
  await withLab(t, [manifest(labOf(release), pod('web'), nodePorts)], async (lab) => {
    const [first] = (await lab.status()).nodes;
    t.is(first?.ip, '192.168.56.11');
    t.deepEqual(await sockets(lab, 'node1', '-ltn'), tcp);
    t.deepEqual(
      (await sockets(lab, 'node1', '-lun')).filter((text) => !text.endsWith(':8472')),
      udp,
    );
    t.deepEqual((await lab.status()).problems, []);
    const answer = await lab.exec('client/laptop', 'curl', '-s', '-m', '5', 'http://192.168.56.12:30080/hostname');
    t.is(answer, 'web', 'held ports do not take the traffic');
    await lab.svclab('delete', 'service', 'web');
    const rest = await soon(
      () => sockets(lab, 'node1', '-ltn'),
      (found) => found.length === 1,
    );
    t.deepEqual(rest, ['*:10256'], 'a port is given back');
  });
}

test.serial('release 1.20 holds nodePorts and own external IPs, of IPv4', (t) =>
  held(t, '1.20', ['*:10256', '0.0.0.0:30080'], ['0.0.0.0:30053', '192.168.56.11:53']),
);

test.serial('release 1.8 holds them for both families', (t) =>
  held(t, '1.8', ['*:10256', '*:30080'], ['*:30053', '192.168.56.11:53']),
);

test.serial('release 1.36 holds none', (t) => held(t, '1.36', ['*:10256'], []));

test.serial('a nodePort that somebody has is told, and held when it is free', async (t) => {
  const taken = `apiVersion: v1
kind: Pod
metadata: { name: taker }
spec:
  nodeName: node1
  hostNetwork: true
  terminationGracePeriodSeconds: 0
  containers: [{ name: main, image: taker, ports: [{ containerPort: 30080 }] }]
`;
  await withLab(t, [manifest(labOf('1.20'), pod('web'), taken)], async (lab) => {
    await lab.apply(nodePorts);
    const { problems } = await soon(
      () => lab.status(),
      ({ problems }) => problems.length > 0,
    );
    t.deepEqual(problems, [
      "node1: kube-proxy can't hold tcp 0.0.0.0:30080: bind: EADDRINUSE (address already in use)",
    ]);
    await lab.svclab('delete', 'pod', 'taker');
    const synced = async () => {
      await lab.svclab('sync');
      return (await lab.status()).problems;
    };
    t.deepEqual(await soon(synced, ({ length }) => length === 0), []);
    t.true((await sockets(lab, 'node1', '-ltn')).includes('0.0.0.0:30080'));
  });
});

/** Sends a datagram from port 40000 and prints the answer. */
const client = `
const socket = require('node:dgram').createSocket('udp4');
const [address, port] = process.argv.slice(1);
const end = (text) => { console.log(text); process.exit(); };
socket.on('message', (message) => end(String(message)));
socket.on('error', (error) => end(error.code));
socket.bind(40000, () => socket.send('hostname', Number(port), address));
setTimeout(() => end('no answer'), 1000);
`;

for (const [release, mode] of [
  ['1.8', 'iptables'],
  ['1.20', 'iptables'],
  ['1.36', 'iptables'],
  ['1.36', 'nftables'],
] as const) {
  test.serial(`UDP: a client that keeps its port is answered by the new endpoint, ${release} ${mode}`, async (t) => {
    const dns =
      '{ type: NodePort, selector: { app: dns }, ports: [{ port: 53, targetPort: 8081, protocol: UDP, nodePort: 30053 }] }';
    const asker = pod('asker');
    const old = pod('old', { app: 'dns' });
    await withLab(t, [manifest(labOf(release, `mode: ${mode}`), asker, old, service('dns', dns))], async (lab) => {
      const { clusterIP = '' } = await specOf(lab, 'dns');
      const ask = async (from: string, address: string, port: number) =>
        (await lab.exec(from, process.execPath, '-e', client, address, String(port))).trim();
      const everyWay = async () => [
        await ask('pod/asker', clusterIP, 53),
        ...(release === '1.8' ? [] : [await ask('client/laptop', '192.168.56.12', 30053)]),
      ];
      const ways = (name: string) => Array<string>(release === '1.8' ? 1 : 2).fill(name);
      t.deepEqual(await everyWay(), ways('old'));
      t.deepEqual(await everyWay(), ways('old'), 'the connection is tracked');
      await lab.apply(pod('new', { app: 'dns', node: 'node2' }));
      await lab.svclab('delete', 'pod', 'old');
      const answers = await soon(everyWay, (found) => !found.includes('no answer'));
      t.deepEqual(answers, ways('new'));
      t.deepEqual((await lab.status()).problems, []);
    });
  });
}

test.serial('conntrack settings reach the nodes; what belongs to the whole machine is told', async (t) => {
  const config = `conntrack:
  min: 1000
  maxPerCore: 1000
  tcpEstablishedTimeout: 2h
  tcpCloseWaitTimeout: 30m
  tcpBeLiberal: true
  udpTimeout: 10s
  udpStreamTimeout: 20s`;
  await withLab(t, [labOf('1.36', config)], async (lab) => {
    const names = [
      'tcp_timeout_established',
      'tcp_timeout_close_wait',
      'tcp_be_liberal',
      'udp_timeout',
      'udp_timeout_stream',
    ];
    const keys = names.map((name) => `net.netfilter.nf_conntrack_${name}`);
    t.is(await lab.exec('node1', 'sysctl', '-n', ...keys), '7200\n1800\n1\n10\n20\n');
    t.deepEqual((await lab.status()).ignoredFields, ['conntrack.maxPerCore', 'conntrack.min']);
    t.notRegex(await lab.exec('node1', 'iptables-save', '-t', 'filter'), /INVALID/);
  });
});

const dual = (release: string) =>
  labOf(release, 'detectLocalMode: ClusterCIDR')
    .replace('clusterCIDR: 10.244.0.0/16', 'clusterCIDR: 10.244.0.0/16,fd00:10:244::/56')
    .replace(
      'spec:',
      'spec:\n  underlay: { cidr: "192.168.56.0/24,fd00:56::/64" }\n  serviceClusterIPRange: 10.96.0.0/12,fd00:10:96::/112',
    );

test.serial('Services of IPv6 and of both families have health checks and held ports', async (t) => {
  const six = service('six', balancer.replace('{', '{ ipFamilies: [IPv6],'));
  const both = service('both', balancer.replace('{', '{ ipFamilyPolicy: RequireDualStack,'));
  await withLab(t, [manifest(dual('1.20'), pod('web-0', { app: 'web' }), six, both)], async (lab) => {
    const found: Record<string, readonly string[]> = {};
    for (const name of ['six', 'both']) {
      const { ports = [], healthCheckNodePort = 0 } = await specOf(lab, name);
      const answer = await lab.exec('node1', 'curl', '-gs', `http://[fd00:56::11]:${healthCheckNodePort}/`);
      t.is(JSON.parse(answer).localEndpoints, 1, name);
      const port = `:${ports[0]?.nodePort}`;
      found[name] = (await sockets(lab, 'node1', '-ltn')).filter((socket) => socket.endsWith(port));
      t.deepEqual(
        found[name]?.map((socket) => socket.slice(0, -port.length)),
        name === 'six' ? ['[::]'] : ['0.0.0.0', '[::]'],
      );
    }
    t.deepEqual((await lab.status()).problems, []);
  });
});
