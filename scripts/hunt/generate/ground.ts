import fc from 'fast-check';
import type { Manifest } from '../types.ts';

/** What a lab is started with and keeps, and what stories on it have to know of it. */
export interface Ground {
  readonly manifests: readonly Manifest[];
  readonly nodes: readonly string[];
  /** Families of the underlay. */
  readonly dualStack: boolean;
  readonly release: '1.8' | '1.20' | '1.36';
  readonly bridge: string;
}

const zone = fc.constantFrom(undefined, 'za', 'zb');
const some = <T>(value: T, absent = 3) =>
  fc.oneof({ arbitrary: fc.constant(undefined), weight: absent }, fc.constant(value));

/** Taints keep Pods away that nobody has bound to the node; the first one tells load balancers that it leaves. */
const taints = ['ToBeDeletedByClusterAutoscaler', 'dedicated'].map((key) => ({ key, effect: 'NoSchedule' }));

const node = fc.record({
  zone,
  taints: fc.oneof({ arbitrary: fc.constant([]), weight: 6 }, fc.subarray(taints)),
  proxy: fc.oneof({ arbitrary: fc.constant(true), weight: 12 }, fc.constant(false)),
});

const families = fc.oneof(
  { arbitrary: fc.constant('ipv4' as const), weight: 3 },
  { arbitrary: fc.constant('ipv4 first' as const), weight: 2 },
  fc.constant('ipv6 first' as const),
);

const backends = [
  undefined,
  { Type: 'host-gw' },
  { Type: 'vxlan', DirectRouting: true },
  { Type: 'vxlan', VNI: 42, Port: 4789 },
] as const;

const release = fc.oneof(
  { arbitrary: fc.constant('1.36' as const), weight: 6 },
  { arbitrary: fc.constant('1.20' as const), weight: 2 },
  fc.constant('1.8' as const),
);

function flannelOf(backend: (typeof backends)[number], dualStack: boolean): readonly Manifest[] {
  if (backend === undefined) return [];
  const both = dualStack ? { EnableIPv6: true, IPv6Network: 'fd00:10:244::/56' } : {};
  const netConf = { Network: '10.244.0.0/16', ...both, Backend: backend };
  const metadata = { name: 'kube-flannel-cfg' };
  return [{ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { 'net-conf.json': JSON.stringify(netConf) } }];
}

const networks = {
  services: {
    ipv4: '10.96.0.0/12',
    'ipv4 first': '10.96.0.0/12,fd00:10:96::/112',
    'ipv6 first': 'fd00:10:96::/112,10.96.0.0/12',
  },
  underlay: ['192.168.56.0/24', '192.168.56.0/24,fd00:56::/64'],
  pool: ['172.6.6.0/24', '172.6.6.0/24,2001:db8:6::/112'],
} as const;

function clients(dualStack: boolean, second: boolean): readonly object[] {
  const one = (name: string, ip: string, ipv6: string) => (dualStack ? { name, ips: [ip, ipv6] } : { name, ip });
  const laptop = one('laptop', '203.0.113.10', '2001:db8:113::10');
  return second ? [laptop, one('phone', '198.51.100.7', '2001:db8:100::7')] : [laptop];
}

/** Labs of every kind: nodes, zones, families, flannel's backends, releases. */
export const ground: fc.Arbitrary<Ground> = fc
  .record({
    master: fc.boolean(),
    workers: fc.array(node, { minLength: 1, maxLength: 3 }),
    families,
    backend: fc.oneof({ arbitrary: fc.constant(undefined), weight: 3 }, fc.constantFrom(...backends)),
    release,
    bridge: fc.oneof({ arbitrary: fc.constant('cni0'), weight: 4 }, fc.constant('docker0')),
    phone: some(true, 1),
    ip: some('192.168.56.12', 5),
    masterZone: zone,
    dns: fc.oneof({ arbitrary: fc.constant(false), weight: 4 }, fc.constant(true)),
  })
  .map((chance): Ground => {
    const master = {
      name: 'master',
      role: 'control-plane',
      ...(chance.ip && { ip: chance.ip }),
      ...(chance.masterZone && { zone: chance.masterZone }),
    };
    const workers = chance.workers.map(({ zone: where, proxy, taints: own }, at) => ({
      name: `node${at + 1}`,
      ...(where && { zone: where }),
      ...(own.length === 0 ? {} : { taints: own }),
      ...(proxy || at === 0 ? {} : { kubeProxy: false }),
    }));
    const nodes = [...(chance.master || workers.length < 2 ? [master] : []), ...workers];
    const dualStack = chance.families !== 'ipv4';
    const externalIPs = [{ cidr: '80.11.12.0/24', via: 'node1' }];
    if (dualStack) externalIPs.push({ cidr: '2001:db8:80::/64', via: 'node1' });
    const lab: Manifest = {
      apiVersion: 'svclab.dev/v1',
      kind: 'Lab',
      metadata: { name: 'lab' },
      spec: {
        nodes,
        underlay: { cidr: networks.underlay[Number(dualStack)] },
        serviceClusterIPRange: networks.services[chance.families],
        loadBalancerPool: networks.pool[Number(dualStack)],
        clients: clients(dualStack, chance.phone === true),
        externalIPs,
        kubernetesRelease: chance.release,
        bridge: chance.bridge,
        dns: chance.dns,
      },
    };
    return {
      manifests: [lab, ...flannelOf(chance.backend, dualStack)],
      nodes: nodes.map(({ name }) => name),
      dualStack,
      release: chance.release,
      bridge: chance.bridge,
    };
  });
