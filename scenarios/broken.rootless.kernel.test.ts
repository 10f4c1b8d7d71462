import anyTest, { type TestFn } from 'ava';
import { Mutex } from '../src/controller/mutex.ts';
import { breakAndRepair, type Damage, ipOf, natRule, wellLab } from './testing/damage.ts';
import { type RunningLab, sharedLab } from './testing/lab.ts';

const test = anyTest as TestFn;

/** Three labs: one thing after the other is broken in each, while the others wait for answers that do not come. */
const benches = [1, 2, 3].map(() => ({ lab: sharedLab(test, wellLab), mutex: new Mutex() }));

let damages = 0;

function breaks(title: string, damage: (lab: RunningLab) => Promise<Damage> | Damage): void {
  const bench = benches[damages++ % benches.length];
  test(title, async (t) => {
    await bench?.mutex.run(async () => {
      try {
        await breakAndRepair(t, bench.lab(), await damage(bench.lab()));
      } finally {
        await bench.lab().svclab('sync');
      }
    });
  });
}

breaks('a flushed KUBE-SERVICES: no ClusterIP answers', () => ({
  node: 'node1',
  commands: [['iptables', '-t', 'nat', '-F', 'KUBE-SERVICES']],
  from: 'node1',
  to: 'svc/far',
  difference: /Outcome: (dropped|unreachable).* predicted was .*far/,
  repair: /-A KUBE-SERVICES .*"default\/far cluster IP"/,
}));

breaks('a deleted chain of a Service', async (lab) => {
  const rule = await natRule(lab, 'node1', /-A KUBE-SERVICES .*far cluster IP/);
  const chain = rule.at(-1) ?? '';
  return {
    node: 'node1',
    commands: [
      ['iptables', '-t', 'nat', '-D', ...rule],
      ['iptables', '-t', 'nat', '-F', chain],
    ],
    from: 'pod/busybox',
    to: 'svc/far',
    difference: /Outcome: (dropped|unreachable)/,
    repair: new RegExp(`^:${chain} `, 'm'),
  };
});

breaks('a lost jump from PREROUTING', async (lab) => ({
  node: 'node1',
  commands: [['iptables', '-t', 'nat', '-D', ...(await natRule(lab, 'node1', /-A PREROUTING .*KUBE-SERVICES/))]],
  from: 'pod/busybox',
  to: 'svc/far',
  difference: /Outcome: (dropped|unreachable)/,
  repair: /-[AI] PREROUTING .*-j KUBE-SERVICES/,
}));

breaks('an endpoint swapped in one rule: the wrong Pod answers', async (lab) => {
  const [near, far] = [await ipOf(lab, 'near'), await ipOf(lab, 'far')];
  const rule = await natRule(lab, 'node1', new RegExp(`--to-destination ${far}:80$`));
  const swapped = rule.map((word) => (word === `${far}:80` ? `${near}:80` : word));
  return {
    node: 'node1',
    commands: [['iptables', '-t', 'nat', '-R', rule[0] ?? '', '2', ...swapped.slice(1)]],
    from: 'node1',
    to: 'svc/far',
    difference: new RegExp(`${near}:80 \\(default/near\\).* predicted was ${far}:80 \\(default/far\\)`),
    repair: new RegExp(`--to-destination ${far}:80`),
  };
});

breaks('no masquerading: the endpoint sees the wrong source', async (lab) => ({
  node: 'node1',
  commands: [['iptables', '-t', 'nat', '-D', ...(await natRule(lab, 'node1', /-A KUBE-POSTROUTING .*MASQUERADE/))]],
  from: 'node1',
  to: 'svc/near',
  difference: /192\.168\.56\.12/,
  repair: /-A KUBE-POSTROUTING .*-j MASQUERADE/,
}));

breaks('a deleted route to the Pods of another node', () => ({
  node: 'node1',
  commands: [['ip', 'route', 'del', '10.244.3.0/24']],
  from: 'pod/busybox',
  to: 'pod/far',
  difference: /Outcome: (dropped|unreachable)/,
  repair: /ip -n node1 route replace 10\.244\.3\.0\/24 via 10\.244\.3\.0 dev flannel\.1 onlink/,
}));

breaks('a deleted route of the kernel to the own Pods', () => ({
  node: 'node2',
  commands: [['ip', 'route', 'del', '10.244.3.0/24']],
  from: 'pod/busybox',
  to: 'pod/far',
  difference: /Outcome: (dropped|unreachable)/,
  repair: /ip -n node2 route replace 10\.244\.3\.0\/24 dev cni0 proto kernel scope link src 10\.244\.3\.1/,
}));

breaks('a dropped neighbour entry of flannel', () => ({
  node: 'node1',
  commands: [['ip', 'neigh', 'del', '10.244.3.0', 'dev', 'flannel.1']],
  from: 'pod/busybox',
  to: 'pod/far',
  difference: /Outcome: (dropped|unreachable)/,
  repair: /ip -n node1 neighbour replace 10\.244\.3\.0 lladdr [0-9a-f:]{17} dev flannel\.1 nud permanent/,
}));

breaks('a deleted forwarding entry of flannel', async (lab) => {
  const [link] = JSON.parse(await lab.exec('node2', 'ip', '-j', 'link', 'show', 'flannel.1'));
  return {
    node: 'node1',
    commands: [['bridge', 'fdb', 'del', link.address, 'dev', 'flannel.1', 'dst', '192.168.56.13']],
    from: 'pod/busybox',
    to: 'pod/far',
    difference: /Outcome: (dropped|unreachable)/,
    repair: /bridge -n node1 fdb replace [0-9a-f:]{17} dev flannel\.1 dst 192\.168\.56\.13 self permanent/,
  };
});

for (const [device, from, to] of [
  ['eth0', 'client/laptop', 'node1:30080'],
  ['cni0', 'node1', 'pod/near'],
  ['flannel.1', 'pod/busybox', 'svc/far'],
] as const) {
  breaks(`${device} set down: what hung on it comes back with it`, () => ({
    node: 'node1',
    commands: [['ip', 'link', 'set', device, 'down']],
    from,
    to,
    difference: /Outcome: (dropped|unreachable)/,
    repair: new RegExp(`ip -n node1 link set dev ${device} up`),
  }));
}

breaks('a deleted link', () => ({
  node: 'node1',
  commands: [['ip', 'link', 'delete', 'flannel.1']],
  from: 'pod/busybox',
  to: 'pod/far',
  difference: /Outcome: (dropped|unreachable)/,
  repair:
    /ip -n node1 link add name flannel\.1 .* type vxlan id 1 local 192\.168\.56\.12 dev eth0 dstport 8472 nolearning/,
}));

breaks('ip_forward=0: the node forwards no more', () => ({
  node: 'node1',
  commands: [['sysctl', '-qw', 'net.ipv4.ip_forward=0']],
  from: 'client/laptop',
  to: 'node1:30080',
  difference: /Outcome: (dropped|unreachable)/,
  repair: /sysctl -qw net\.ipv4\.ip_forward=1/,
}));

breaks("the bridge's address deleted: Pods lose their gateway", () => ({
  node: 'node1',
  commands: [['ip', 'address', 'del', '10.244.2.1/24', 'dev', 'cni0']],
  from: 'pod/busybox',
  to: 'svc/far',
  difference: /Outcome: (dropped|unreachable)/,
  repair: /ip -n node1 address add 10\.244\.2\.1\/24 dev cni0/,
}));
