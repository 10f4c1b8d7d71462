import type { ClusterView, NodeView } from '../cluster/view.ts';
import { type Cidr, cidrPrefix, type IP, makeCidr, nthAddress, parseCidr, parseIPv4 } from '../net/address.ts';
import type { DesiredNetns, DesiredRoute, Ruleset, RulesetTable, VethLink } from './desired.ts';
import { emptyNetns } from './diff.ts';
import { loadBalancerRoutes } from './load-balancer.ts';
import { clientNetns, fabricNetns, fabricPort, macOf } from './names.ts';
import { fabricSysctls, hostSysctls } from './sysctls.ts';

/** The bridge of the underlay in the fabric, which is also the router's interface. */
export const underlayBridge = 'underlay';

/** A bridge without ports: where the router sends what no route takes. */
const voidLink = 'void';

const anywhere = parseCidr('0.0.0.0/0');

/** Address of the router: the underlay's first one. */
export function routerAddress(view: ClusterView): IP {
  return nthAddress(parseCidr(view.lab.underlay.cidr), 1);
}

/** The world between and around the nodes: the underlay, and the router to outside clients. */
export function fabricState(view: ClusterView): DesiredNetns {
  const underlay = parseCidr(view.lab.underlay.cidr);
  return {
    ...emptyNetns(fabricNetns),
    sysctls: fabricSysctls,
    links: [
      { kind: 'bridge', name: underlayBridge, mtu: view.lab.underlay.mtu, mac: macOf(routerAddress(view)) },
      { kind: 'bridge', name: voidLink },
      ...view.nodes.map((node) => nodePort(view, node)),
      ...view.lab.clients.map(({ name }): VethLink => {
        const peer = { netns: clientNetns(name), name: 'eth0' };
        return { kind: 'veth', name: fabricPort('client', name), mtu: view.lab.underlay.mtu, peer };
      }),
    ],
    addresses: [{ device: underlayBridge, address: routerAddress(view), prefix: cidrPrefix(underlay) }],
    routes: [
      ...clientRoutes(view),
      ...externalRoutes(view),
      ...loadBalancerRoutes(view, underlayBridge),
      { to: anywhere, device: voidLink, scope: 'link' },
    ],
    rulesets: routerRules(view),
  };
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

function clientRoutes(view: ClusterView): DesiredRoute[] {
  return view.lab.clients.map(({ name, ip }) => ({
    to: makeCidr(parseIPv4(ip), 32),
    device: fabricPort('client', name),
    scope: 'link',
  }));
}

/** The external ranges of the Lab object with the node that each is routed to. */
function externalRanges(view: ClusterView): { readonly to: Cidr; readonly via: NodeView }[] {
  return view.lab.externalIPs.flatMap(({ cidr, via }) => {
    const node = view.nodes.find(({ name }) => name === via);
    return node === undefined ? [] : [{ to: parseCidr(cidr), via: node }];
  });
}

function externalRoutes(view: ClusterView): DesiredRoute[] {
  return externalRanges(view).map(({ to, via }) => ({ to, via: via.ip, device: underlayBridge }));
}

/**
 * What the router does with packets that it must not or cannot deliver. A packet for an external address that its node
 * does not serve is not sent back to that node. What a node sends to nowhere is lost in silence, as on the internet; an
 * outside client is told. (The kernel's own answer for a missing route is limited to one a second for each host.)
 */
function routerRules(view: ClusterView): readonly Ruleset[] {
  const bounces = externalRanges(view).map(
    ({ to, via }) =>
      `-d ${to} -i ${underlayBridge} -m mac --mac-source ${via.mac} -m comment --comment "not back to ${via.name}" -j DROP`,
  );
  const balanced = loadBalancerRoutes(view, underlayBridge).flatMap(({ to }) => [
    ...view.nodes
      .filter(({ kubeProxy }) => !kubeProxy)
      .map(({ mac }) => `-d ${to} -i ${underlayBridge} -m mac --mac-source ${mac.toUpperCase()} -j RETURN`),
    `-d ${to} -i ${underlayBridge} -m comment --comment "not back to the nodes" -j DROP`,
  ]);
  const lost = `-i ${underlayBridge} -o ${voidLink} -m comment --comment "nodes get no answer from nowhere" -j DROP`;
  const refused = `-o ${voidLink} -m comment --comment "clients are told" -j REJECT --reject-with icmp-net-unreachable`;
  const table: RulesetTable = {
    table: 'filter',
    chains: new Map([['SVCLAB-ROUTER', [...bounces, ...balanced, lost, refused]]]),
    jumps: [{ chain: 'FORWARD', rule: '-j SVCLAB-ROUTER', position: 'first' }],
  };
  return [{ owner: 'fabric', loader: 'iptables', tables: [table] }];
}

/** The hosts outside the cluster. Their only neighbour is the router. */
export function clientStates(view: ClusterView): DesiredNetns[] {
  return view.lab.clients.map(({ name, ip }) => ({
    ...emptyNetns(clientNetns(name)),
    sysctls: hostSysctls,
    links: [{ kind: 'veth', name: 'eth0', mtu: view.lab.underlay.mtu, mac: macOf(parseIPv4(ip)) }],
    addresses: [{ device: 'eth0', address: parseIPv4(ip), prefix: 32 }],
    routes: [{ to: anywhere, via: routerAddress(view), device: 'eth0', onlink: true }],
    files: hostFiles(name, [`${ip} ${name}`]),
  }));
}

/** The files about names that a host's processes read. No name server yet answers in a lab, so none is asked. */
export function hostFiles(hostname: string, hosts: readonly string[]): { path: string; content: string }[] {
  return [
    { path: '/etc/hostname', content: `${hostname}\n` },
    { path: '/etc/hosts', content: ['127.0.0.1 localhost', '::1 localhost ip6-localhost', ...hosts, ''].join('\n') },
    { path: '/etc/resolv.conf', content: 'options attempts:1 timeout:1\n' },
  ];
}
