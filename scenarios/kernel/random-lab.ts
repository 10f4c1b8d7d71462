import fc from 'fast-check';
import { type Cidr, type IP, type Mac, parseCidr, parseIP } from '../../src/net/address.ts';
import type { DesiredLab, DesiredNetns } from '../../src/plan/desired.ts';
import { emptyNetns } from '../../src/plan/diff.ts';

const subset = <T>(items: readonly T[]) => fc.subarray([...items]);
const mac = fc.integer({ min: 0, max: 0xffff }).map((n): Mac => {
  const hex = n.toString(16).padStart(4, '0');
  return `02:00:00:00:${hex.slice(0, 2)}:${hex.slice(2)}` as Mac;
});

const addresses: readonly IP[] = ['10.1.0.1', '10.1.0.2', '10.2.0.1'].map(parseIP);
const destinations: readonly Cidr[] = ['0.0.0.0/0', '10.7.0.0/16', '10.8.8.0/24', '10.9.0.1/32'].map(parseCidr);
const gateways: readonly IP[] = ['192.168.7.2', '192.168.7.3'].map(parseIP);

function podName(at: number): string {
  return `pod${at}`;
}

/** A namespace with an uplink, a bridge and a VXLAN device, and whatever chance hangs on them. */
const node = fc
  .record({
    pods: subset([0, 1, 2, 3]),
    hairpin: fc.boolean(),
    mtu: fc.constantFrom(1400, 1450),
    bridgeMac: mac,
    vni: fc.constantFrom(1, 2),
    vxlan: fc.boolean(),
    addresses: subset(addresses),
    routes: subset(destinations),
    via: fc.constantFrom(...gateways),
    blackhole: fc.boolean(),
    neighbours: fc.uniqueArray(fc.record({ at: fc.constantFrom(...gateways), mac }), { selector: ({ at }) => at }),
    fdb: fc.uniqueArray(fc.record({ mac, to: fc.constantFrom(...gateways) }), { selector: (entry) => entry.mac }),
    rule: fc.boolean(),
    forward: fc.constantFrom('0', '1'),
  })
  .map((chance): DesiredNetns => {
    const vxlan = {
      kind: 'vxlan',
      name: 'vx',
      vni: chance.vni,
      port: 8472,
      local: parseIP('192.168.7.1'),
      device: 'up0',
    } as const;
    return {
      ...emptyNetns('node'),
      sysctls: [
        { key: 'net.ipv6.conf.all.disable_ipv6', value: '1' },
        { key: 'net.ipv4.ip_forward', value: chance.forward },
      ],
      links: [
        { kind: 'bridge', name: 'up0', mac: '02:00:00:00:00:01' as Mac },
        { kind: 'bridge', name: 'br0', mac: chance.bridgeMac },
        ...(chance.vxlan ? [vxlan] : []),
        ...chance.pods.map((at) => {
          const peer = { netns: podName(at), name: 'eth0' };
          return {
            kind: 'veth',
            name: `v${at}`,
            mtu: chance.mtu,
            master: 'br0',
            hairpin: chance.hairpin,
            peer,
          } as const;
        }),
      ],
      addresses: [
        { device: 'up0', address: parseIP('192.168.7.1'), prefix: 24 },
        ...chance.addresses.map((address) => ({ device: 'br0', address, prefix: 24 })),
      ],
      routes: chance.routes.map((to) =>
        chance.blackhole && to.endsWith('/24')
          ? { to, kind: 'blackhole' as const }
          : { to, via: chance.via, device: 'up0' },
      ),
      rules: chance.rule
        ? [{ family: 'ipv4', priority: 77, to: parseCidr('10.66.0.0/16'), inputDevice: 'up0', action: 'blackhole' }]
        : [],
      neighbours: chance.neighbours.map(({ at, mac: own }) => ({ device: 'up0', address: at, mac: own })),
      fdb: chance.vxlan ? chance.fdb.map(({ mac: own, to }) => ({ device: 'vx', mac: own, destination: to })) : [],
    };
  });

/** States of a small lab that the kernel can hold. */
export const randomLab: fc.Arbitrary<DesiredLab> = node.map((state) => {
  const pods = state.links.flatMap((link) => (link.kind === 'veth' && link.peer ? [link.peer.netns] : []));
  const mtu = state.links.find(({ kind }) => kind === 'veth')?.mtu ?? 1500;
  return {
    namespaces: [
      state,
      ...pods.map(
        (name, at): DesiredNetns => ({
          ...emptyNetns(name),
          links: [{ kind: 'veth', name: 'eth0', mtu }],
          addresses: [{ device: 'eth0', address: parseIP(`10.1.0.${10 + at}`), prefix: 24 }],
          routes: [{ to: parseCidr('0.0.0.0/0'), via: parseIP('10.1.0.1'), device: 'eth0' }],
        }),
      ),
    ],
  };
});
