import type { ClusterView, NodeView } from '../cluster/view.ts';
import { clientIPs, labFamilies, routerAddressOf, underlayOf } from '../kinds/lab-networks.ts';
import type { LabClient } from '../kinds/types/lab.ts';
import {
  addressBits,
  type Cidr,
  cidrPrefix,
  everywhere,
  type Family,
  familyOf,
  hostCidr,
  type IP,
  parseCidr,
  parseIP,
} from '../net/address.ts';
import type { DesiredAddress, DesiredNetns, DesiredRoute, Ruleset, RulesetTable, VethLink } from './desired.ts';
import { emptyNetns } from './diff.ts';
import { familiesOf, nodeIP } from './families.ts';
import { loadBalancerRoutes } from './load-balancer.ts';
import { clientNetns, fabricNetns, fabricPort, macOf } from './names.ts';
import { hostResolvConf } from './resolv-conf.ts';
import { fabricSysctls, hostSysctls } from './sysctls.ts';

/** The bridge of the underlay in the fabric, which is also the router's interface. */
const underlayBridge = 'underlay';

/** A bridge without ports: where the router sends what no route takes. */
const voidLink = 'void';

/**
 * The router's address for its IPv6 clients, the same on each of their links. In IPv6 a host answers for an address only
 * on the link that has it.
 */
const clientGatewayV6 = parseIP('fe80::1');

/** Address of the router in the family: the first of the underlay. */
export function routerAddress(view: ClusterView, family: Family): IP {
  const address = routerAddressOf(view.lab, family);
  if (address === undefined) throw new TypeError(`the underlay has no ${family} network`);
  return address;
}

/** The world between and around the nodes: the underlay, and the router to outside clients. */
export function fabricState(view: ClusterView): DesiredNetns {
  const families = labFamilies(view.lab);
  return {
    ...emptyNetns(fabricNetns),
    sysctls: fabricSysctls(families),
    links: [
      { kind: 'bridge', name: underlayBridge, mtu: view.lab.underlay.mtu, mac: macOf(routerAddress(view, 'ipv4')) },
      { kind: 'bridge', name: voidLink },
      ...view.nodes.map((node) => nodePort(view, node)),
      ...view.lab.clients.map(({ name }): VethLink => {
        const peer = { netns: clientNetns(name), name: 'eth0' };
        return { kind: 'veth', name: fabricPort('client', name), mtu: view.lab.underlay.mtu, peer };
      }),
    ],
    addresses: [
      ...families.map((family) => underlayAddress(view, underlayBridge, routerAddress(view, family))),
      ...view.lab.clients.flatMap(clientGateway),
    ],
    routes: [
      ...clientRoutes(view),
      ...outwardRoutes(view),
      ...families.map((family) => linkRoute(everywhere(family), voidLink)),
    ],
    rulesets: families.map((family) => routerRules(view, family)),
  };
}

/** An address on the underlay, with the length of the underlay's prefix. */
export function underlayAddress({ lab }: ClusterView, device: string, address: IP): DesiredAddress {
  const network = underlayOf(lab, familyOf(address));
  return { device, address, prefix: network === undefined ? addressBits(familyOf(address)) : cidrPrefix(network) };
}

/** A route to whoever is on the link; IPv6 routes have no scope. */
function linkRoute(to: Cidr, device: string): DesiredRoute {
  return familyOf(to) === 'ipv4' ? { to, device, scope: 'link' } : { to, device };
}

function nodePort(view: ClusterView, node: NodeView): VethLink {
  return {
    kind: 'veth',
    name: fabricPort('node', node.name),
    mtu: view.lab.underlay.mtu,
    master: underlayBridge,
    peer: { netns: node.name, name: 'eth0' },
  };
}

function clientGateway(client: LabClient): DesiredAddress[] {
  if (!familiesOf(clientIPs(client)).includes('ipv6')) return [];
  return [{ device: fabricPort('client', client.name), address: clientGatewayV6, prefix: addressBits('ipv6') }];
}

function clientRoutes(view: ClusterView): DesiredRoute[] {
  return view.lab.clients.flatMap((client) =>
    clientIPs(client).map((ip) => linkRoute(hostCidr(ip), fabricPort('client', client.name))),
  );
}

interface ExternalRange {
  readonly to: Cidr;
  readonly node: NodeView;
  readonly via: IP;
}

/** The external ranges of the Lab object with the node that each is routed to. */
function externalRanges(view: ClusterView): ExternalRange[] {
  return view.lab.externalIPs.flatMap(({ cidr, via }) => {
    const to = parseCidr(cidr);
    const node = view.nodes.find(({ name }) => name === via);
    const address = node === undefined ? undefined : nodeIP(node, familyOf(to));
    return node === undefined || address === undefined ? [] : [{ to, node, via: address }];
  });
}

/** Routes to external ranges and load balancers; an address that is both is a load balancer's. */
function outwardRoutes(view: ClusterView): DesiredRoute[] {
  const balanced = loadBalancerRoutes(view, underlayBridge);
  const external = externalRanges(view).map(({ to, via }) => ({ to, via, device: underlayBridge }));
  return [...external.filter(({ to }) => balanced.every((route) => route.to !== to)), ...balanced];
}

const noRoute: Readonly<Record<Family, string>> = { ipv4: 'icmp-net-unreachable', ipv6: 'icmp6-no-route' };

/**
 * What the router does with packets that it must not or cannot deliver. A packet for an external address that its node
 * does not serve is not sent back to that node. What a node sends to nowhere is lost in silence, as on the internet; an
 * outside client is told. (The kernel's own answer for a missing route is limited to one a second for each host.)
 */
function routerRules(view: ClusterView, family: Family): Ruleset {
  const ofFamily = ({ to }: { readonly to: Cidr }) => familyOf(to) === family;
  const bounces = externalRanges(view)
    .filter(ofFamily)
    .map(
      ({ to, node }) =>
        `-d ${to} -i ${underlayBridge} -m mac --mac-source ${node.mac} -m comment --comment "not back to ${node.name}" -j DROP`,
    );
  const balanced = loadBalancerRoutes(view, underlayBridge)
    .filter(ofFamily)
    .flatMap(({ to }) => [
      ...view.nodes
        .filter(({ kubeProxy }) => !kubeProxy)
        .map(({ mac }) => `-d ${to} -i ${underlayBridge} -m mac --mac-source ${mac.toUpperCase()} -j RETURN`),
      `-d ${to} -i ${underlayBridge} -m comment --comment "not back to the nodes" -j DROP`,
    ]);
  const lost = `-i ${underlayBridge} -o ${voidLink} -m comment --comment "nodes get no answer from nowhere" -j DROP`;
  const refused = `-o ${voidLink} -m comment --comment "clients are told" -j REJECT --reject-with ${noRoute[family]}`;
  const table: RulesetTable = {
    table: 'filter',
    chains: new Map([['SVCLAB-ROUTER', [...bounces, ...balanced, lost, refused]]]),
    jumps: [{ chain: 'FORWARD', rule: '-j SVCLAB-ROUTER', position: 'first' }],
  };
  return { owner: 'fabric', loader: family === 'ipv4' ? 'iptables' : 'ip6tables', tables: [table] };
}

/** The hosts outside the cluster. Their only neighbour is the router. */
export function clientStates(view: ClusterView): DesiredNetns[] {
  return view.lab.clients.map((client) => {
    const ips = clientIPs(client);
    const families = familiesOf(ips);
    return {
      ...emptyNetns(clientNetns(client.name)),
      sysctls: hostSysctls(families),
      links: [{ kind: 'veth', name: 'eth0', mtu: view.lab.underlay.mtu, mac: macOf(parseIP(client.ip)) }],
      addresses: ips.map((address) => ({ device: 'eth0', address, prefix: addressBits(familyOf(address)) })),
      routes: families.map((family) => {
        const via = family === 'ipv4' ? routerAddress(view, family) : clientGatewayV6;
        return { to: everywhere(family), via, device: 'eth0', onlink: true };
      }),
      files: hostFiles(
        client.name,
        ips.map((ip) => `${ip} ${client.name}`),
        hostResolvConf(view),
      ),
    };
  });
}

/** The files about names that a host's processes read. */
export function hostFiles(
  hostname: string,
  hosts: readonly string[],
  resolvConf: string,
): { path: string; content: string }[] {
  return [
    { path: '/etc/hostname', content: `${hostname}\n` },
    { path: '/etc/hosts', content: ['127.0.0.1 localhost', '::1 localhost ip6-localhost', ...hosts, ''].join('\n') },
    { path: '/etc/resolv.conf', content: resolvConf },
  ];
}
