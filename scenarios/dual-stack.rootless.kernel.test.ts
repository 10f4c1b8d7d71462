import { join } from 'node:path';
import anyTest, { type TestFn } from 'ava';
import type { Connection } from '../src/api/types.ts';
import { goldenLines, translation } from './dual-stack/golden.ts';
import { type RunningLab, withLab } from './testing/lab.ts';

const test = anyTest as TestFn;

const manifest = join(import.meta.dirname, 'dual-stack/lab.yaml');

function proxy(mode: string): string {
  return `apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
mode: ${mode}
clusterCIDR: 10.244.0.0/16,fd00:10:244::/56
`;
}

function outcomes({ observed, agrees, from, to }: Connection): readonly string[] {
  if (!agrees) throw new Error(`${from} → ${to} is not as predicted`);
  return [
    ...new Set(observed.map(({ outcome, source }) => [outcome, ...(source === undefined ? [] : [source])].join(' '))),
  ];
}

/** Waits until it holds, for ten seconds at most. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 100 && !(await holds()); tries++) await new Promise((wait) => setTimeout(wait, 100));
}

async function drift(lab: RunningLab): Promise<readonly string[]> {
  return (await lab.status()).nodes.flatMap((node) => node.drift);
}

const linesOf = (text: string) => text.split('\n').map((line) => line.trim());

for (const mode of ['iptables', 'nftables'] as const) {
  test.serial(`${mode}: every way in of both families is as predicted, and nothing drifts`, async (t) => {
    await withLab(t, [manifest, proxy(mode)], async (lab) => {
      const { connections, disagreed } = await lab.verify();
      t.deepEqual(
        connections.filter(({ agrees }) => !agrees).map(({ from, to, difference }) => `${from} ${to}: ${difference}`),
        [],
      );
      t.is(disagreed, 0);
      const delivered = connections.filter(({ observed }) => observed.some(({ outcome }) => outcome === 'delivered'));
      t.true(delivered.filter(({ to }) => to.includes('[')).length > 300);
      t.deepEqual(await drift(lab), []);
      t.deepEqual(
        (await lab.json<{ namespaces: readonly { repaired: readonly string[] }[] }>('sync')).namespaces.flatMap(
          ({ repaired }) => repaired,
        ),
        [],
      );
    });
  });
}

test.serial('addresses work at once: none is tentative, nobody asks for a router', async (t) => {
  await withLab(t, [manifest], async (lab) => {
    for (const target of ['node1', 'pod/one', 'client/laptop', 'fabric']) {
      t.notRegex(await lab.exec(target, 'ip', '-6', 'address'), /tentative/, target);
      t.regex(await lab.exec(target, 'cat', '/proc/net/snmp6'), /^Icmp6OutRouterSolicits\s+0$/m, target);
    }
    t.is(await lab.exec('client/old', 'ip', '-6', 'address'), '', 'without an address of IPv6 there is none at all');
  });
});

test.serial('a node holds what the real flanneld makes', async (t) => {
  await withLab(t, [manifest], async (lab) => {
    const macs = new Map<string, string>();
    for (const node of ['node1', 'node2', 'node3']) {
      for (const link of JSON.parse(await lab.exec(node, 'ip', '-j', 'link', 'show'))) {
        macs.set(`${node} ${link.ifname}`, link.address);
      }
    }
    const ours = translation((node, device) => macs.get(`${node} ${device}`) ?? '');
    for (const node of ['node1', 'node2', 'node3']) {
      for (const [title, ...command] of [
        ['subnet.env', 'cat', '/run/flannel/subnet.env'],
        ['ip -6 route show', 'ip', '-6', 'route', 'show'],
        ['ip route show', 'ip', 'route', 'show'],
        ['bridge fdb show', 'bridge', 'fdb', 'show'],
        ['ip neigh show', 'ip', 'neigh', 'show'],
        ['ip6tables-legacy-save', 'ip6tables-save'],
        ['iptables-legacy-save', 'iptables-save'],
      ] as const) {
        const wanted = goldenLines(node, title).map(ours);
        t.true(wanted.length > 3, `${node} ${title}`);
        const found = linesOf(await lab.exec(node, ...command));
        t.deepEqual(
          wanted.filter((line) => !found.includes(line)),
          [],
          `${node} ${title}`,
        );
        const flannel = found.filter(
          (line) => /^-A FLANNEL|flannel-v6|flannel\.1 /.test(line) && !/fe80|STALE|REACHABLE|DELAY/.test(line),
        );
        t.deepEqual(
          flannel.filter((line) => !wanted.includes(line)),
          [],
          `${node} ${title}: more than flannel makes`,
        );
      }
      const link = await lab.exec(node, 'ip', '-d', 'link', 'show', 'flannel-v6.1');
      t.regex(link, /mtu 1430 .*\n.*\n +vxlan id 1 local fd00:56::1\d dev eth0 .*dstport 8472 nolearning /);
    }
  });
});

test.serial('sources, refusals and ends of the road, as the kernel has them', async (t) => {
  await withLab(t, [manifest], async (lab) => {
    const near = 'fd00:10:244:2::2';
    for (const [from, to, ...expected] of [
      ['pod/one', 'ping://fd00:56::1', 'delivered'],
      ['pod/one', 'ping://2001:db8:1::10', 'delivered'],
      ['node1', `[${near}]:80`, 'delivered fd00:10:244:1::'],
      ['node2', `[${near}]:80`, 'delivered fd00:10:244:2::1'],
      ['client/laptop', '[fd00:56::12]:30081', 'delivered 2001:db8:1::10'],
      ['client/laptop', '[fd00:56::11]:30081', 'dropped'],
      ['client/laptop', '[fd00:56::11]:30090', 'refused'],
      ['client/old', '[fd00:56::11]:30080', 'unreachable'],
      ['client/laptop', 'tcp://[2001:db8:99::1]:80', 'unreachable'],
      ['pod/one', 'tcp://[2001:db8:99::1]:80', 'dropped'],
      ['client/laptop', 'tcp://[2001:db8:80::99]:80', 'dropped'],
      ['node1', 'tcp://[fd00:56::99]:80', 'unreachable'],
      ['pod/one', '[::1]:80', 'delivered ::1'],
      ['node2', '[::1]:30080', 'refused'],
      ['node1', '[::1]:30081', 'dropped'],
      ['node2', '[::1]:30081', 'refused'],
    ] as const) {
      t.deepEqual(outcomes(await lab.curl(from, to)), expected, `${from} → ${to}`);
    }
    const service = (await lab.json<{ spec: { clusterIPs: readonly string[] } }>('get', 'service', 'local')).spec
      .clusterIPs[1];
    t.deepEqual(outcomes(await lab.curl('pod/one', `[${service}]:80`)), ['delivered fd00:10:244:2::1'], 'hairpin');
  });
});

test.serial('1.20 lets ::1 through to nodePorts, where the answer is lost', async (t) => {
  const release =
    'apiVersion: svclab.dev/v1\nkind: Lab\nmetadata: { name: older }\nspec:\n  kubernetesRelease: "1.20"\n';
  const lab = `${release}  nodes: [{ name: node1 }, { name: node2 }]
  underlay: { cidr: "192.168.56.0/24,fd00:56::/64" }
  serviceClusterIPRange: 10.96.0.0/12,fd00:10:96::/112
---
apiVersion: v1
kind: Pod
metadata: { name: web, labels: { app: web } }
spec: { nodeName: node1, containers: [{ name: web, image: nginx }] }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  type: NodePort
  ipFamilyPolicy: RequireDualStack
  selector: { app: web }
  ports: [{ port: 80, nodePort: 30080 }]
`;
  await withLab(t, [lab], async (running) => {
    t.deepEqual(outcomes(await running.curl('node1', 'http://[::1]:30080')), ['dropped']);
    t.deepEqual(outcomes(await running.curl('node2', 'http://[::1]:30080')), ['dropped']);
    t.deepEqual(outcomes(await running.curl('node1', 'http://[fd00:56::11]:30080')), ['delivered fd00:10:244:1::1']);
    t.is((await running.verify()).disagreed, 0);
  });
});

test.serial('IPv6 that somebody breaks comes back', async (t) => {
  await withLab(t, [manifest], async (lab) => {
    await lab.exec('node1', 'ip', '-6', 'route', 'del', 'default');
    await lab.exec('node1', 'ip', '-6', 'route', 'del', 'fd00:10:244:2::/64');
    await lab.exec('node1', 'ip', '-6', 'neigh', 'del', 'fd00:10:244:3::', 'dev', 'flannel-v6.1');
    await lab.exec('node1', 'ip6tables', '-t', 'nat', '-F', 'KUBE-SERVICES');
    await lab.exec('node2', 'ip', 'address', 'del', 'fd00:56::12/64', 'dev', 'eth0');
    await lab.exec('node3', 'ip', 'link', 'del', 'flannel-v6.1');
    await lab.exec('fabric', 'ip', '-6', 'route', 'del', '2001:db8:6::1');
    t.true((await drift(lab)).length > 8);
    t.is((await lab.svclab('sync')).exitCode, 0);
    t.deepEqual(await drift(lab), []);
    t.is((await lab.verify('--from', 'client/laptop')).disagreed, 0);
    t.is((await lab.verify('--from', 'node1')).disagreed, 0);
  });
});

test.serial('a load balancer follows its endpoints: one next hop, several, none', async (t) => {
  await withLab(t, [manifest], async (lab) => {
    const route = async () => (await lab.exec('fabric', 'ip', '-6', 'route', 'show', '2001:db8:6::2')).trim();
    const hops = async () => [...(await route()).matchAll(/via (\S+)/g)].map(([, via]) => via);
    t.deepEqual(await hops(), ['fd00:56::12']);
    await lab.apply(`apiVersion: v1
kind: Pod
metadata: { name: other, labels: { app: one } }
spec:
  nodeName: node1
  terminationGracePeriodSeconds: 0
  containers: [{ name: web, image: nginx }]
`);
    await until(async () => (await hops()).length === 2);
    t.deepEqual(await hops(), ['fd00:56::11', 'fd00:56::12']);
    t.is((await lab.verify('--to', '[2001:db8:6::2]:80')).disagreed, 0);
    await lab.svclab('delete', 'pod', 'other', 'one');
    await until(async () => (await hops()).length === 0);
    t.deepEqual(await hops(), []);
    t.is((await lab.verify('--to', '[2001:db8:6::2]:80', '--from', 'client/laptop')).disagreed, 0);
  });
});
