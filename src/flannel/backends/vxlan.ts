import type { ClusterView, NodeView } from '../../cluster/view.ts';
import { addressBits, cidrAddress, type Family, type Mac } from '../../net/address.ts';
import type { DesiredRoute, VxlanLink } from '../../plan/desired.ts';
import { familiesOf, type Member, memberOf, remotesOf } from '../families.ts';
import type { Fields } from '../json-fields.ts';
import { type Backend, type BackendConfig, type FlannelParts, underlayDevice } from './types.ts';

type VxlanConfig = Extract<BackendConfig, { type: 'vxlan' }>;
type Vtep = Member & { readonly vtepMac: Mac };

/** flannel subtracts this from the MTU in both families: Ethernet 14 + IPv4 20 + UDP 8 + VXLAN 8. */
const overhead = 50;
/** The kernel's upper limit is the underlay's MTU less this; it lowers a larger MTU when the device is made. */
const kernelHeadroom: Readonly<Record<Family, number>> = { ipv4: 50, ipv6: 70 };
/** Linux' default port, from before IANA gave 4789 to VXLAN. */
const linuxDefaultPort = 8472;
/** Names of devices have at most 15 characters. */
const maxVni: Readonly<Record<Family, number>> = { ipv4: 9_999_999, ipv6: 9_999 };

/** `flannel.VNI`, for IPv6 `flannel-v6.VNI`. */
function deviceName(vni: number, family: Family): string {
  return family === 'ipv4' ? `flannel.${vni}` : `flannel-v6.${vni}`;
}

function configure(fields: Fields, families: readonly Family[]): VxlanConfig {
  const largestVni = Math.min(...families.map((family) => maxVni[family]));
  const mtu = fields.integer('MTU', { min: families.includes('ipv6') ? 1280 + overhead : 68 + overhead, max: 65535 });
  return {
    type: 'vxlan',
    vni: fields.integer('VNI', { min: 0, max: largestVni }) ?? 1,
    port: fields.integer('Port', { min: 0, max: 65535 }) || linuxDefaultPort,
    ...(mtu === undefined ? {} : { mtu }),
    directRouting: fields.boolean('DirectRouting') ?? false,
    learning: fields.boolean('Learning') ?? false,
    gbp: fields.boolean('GBP') ?? false,
  };
}

function vtepOf(member: Member | undefined): Vtep | undefined {
  return member?.vtepMac === undefined ? undefined : { ...member, vtepMac: member.vtepMac };
}

function link(view: ClusterView, config: VxlanConfig, family: Family, own: Vtep): VxlanLink {
  const underlayMtu = view.lab.underlay.mtu;
  return {
    kind: 'vxlan',
    name: deviceName(config.vni, family),
    mtu: Math.min((config.mtu ?? underlayMtu) - overhead, underlayMtu - kernelHeadroom[family]),
    mac: own.vtepMac,
    vni: config.vni,
    port: config.port,
    local: own.publicIP,
    device: underlayDevice,
    learning: config.learning,
    gbp: config.gbp,
  };
}

function route(config: VxlanConfig, device: string, remote: Vtep): DesiredRoute {
  if (config.directRouting) return { to: remote.subnet, via: remote.publicIP, device: underlayDevice };
  return { to: remote.subnet, via: cidrAddress(remote.subnet), device, onlink: true };
}

function familyParts(view: ClusterView, node: NodeView, config: VxlanConfig, family: Family) {
  const own = vtepOf(memberOf(node, family));
  if (own === undefined) return [];
  const device = deviceName(config.vni, family);
  const remotes = remotesOf(view, node, family)
    .map(vtepOf)
    .filter((remote) => remote !== undefined);
  const tunnelled = config.directRouting ? [] : remotes;
  return [
    {
      link: link(view, config, family, own),
      address: { device, address: cidrAddress(own.subnet), prefix: addressBits(family) },
      routes: remotes.map((remote) => route(config, device, remote)),
      neighbours: tunnelled.map(({ subnet, vtepMac }) => ({ device, address: cidrAddress(subnet), mac: vtepMac })),
      fdb: tunnelled.map(({ publicIP, vtepMac }) => ({ device, mac: vtepMac, destination: publicIP })),
    },
  ];
}

function parts(view: ClusterView, node: NodeView): FlannelParts {
  const config = view.flannel.backend;
  if (config.type !== 'vxlan') throw new TypeError(`the vxlan backend was asked for ${config.type}`);
  const halves = familiesOf(view.flannel).flatMap((family) => familyParts(view, node, config, family));
  return {
    links: halves.map((half) => half.link),
    addresses: halves.map((half) => half.address),
    routes: halves.flatMap((half) => half.routes),
    neighbours: halves.flatMap((half) => half.neighbours),
    fdb: halves.flatMap((half) => half.fdb),
    mtu: (config.mtu ?? view.lab.underlay.mtu) - overhead,
  };
}

/**
 * flannel's vxlan backend: one VXLAN device per family, and for each other node one neighbour entry (its subnet's
 * address → its VTEP's MAC), one FDB entry (that MAC → its underlay address) and one route.
 *
 *     ip link add flannel.1 mtu 1450 type vxlan id 1 dev eth0 local 192.168.56.11 dstport 8472 nolearning
 *     ip addr add 10.244.1.0/32 dev flannel.1
 *     ip neigh replace 10.244.2.0 lladdr MAC dev flannel.1 nud permanent
 *     bridge fdb replace MAC dev flannel.1 dst 192.168.56.12 self permanent
 *     ip route replace 10.244.2.0/24 via 10.244.2.0 dev flannel.1 onlink
 *
 * With DirectRouting the route goes `via 192.168.56.12 dev eth0` and the other entries are left out: all nodes of a
 * lab are on one underlay. The IPv6 device has 20 bytes less than FLANNEL_MTU says, as with the real one.
 */
export const vxlan: Backend = {
  keys: ['VNI', 'Port', 'MTU', 'GBP', 'Learning', 'DirectRouting'],
  configure,
  data: (config, vtepMac) => (config.type === 'vxlan' ? { vni: config.vni, vtepMac } : undefined),
  parts,
};
