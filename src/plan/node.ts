import type { ClusterView, NodeView } from '../cluster/view.ts';
import { cniParts, flannelNetwork } from '../flannel/network.ts';
import type { Pod } from '../kinds/types.ts';
import { cidrPrefix, type IP, nthAddress, parseCidr, parseIPv4 } from '../net/address.ts';
import type { DesiredLink, DesiredNetns, Ruleset, RulesetTable, VethLink } from './desired.ts';
import { emptyNetns } from './diff.ts';
import { hostFiles, routerAddress } from './fabric.ts';
import { macOf, podNetns, podVeth } from './names.ts';
import { hostSysctls, nodeSysctls } from './sysctls.ts';

const anywhere = parseCidr('0.0.0.0/0');

/** The Pod's address of the node's family, once it has one. */
function podAddress(pod: Pod): IP | undefined {
  return pod.status.podIP === undefined ? undefined : parseIPv4(pod.status.podIP);
}

/** The Pods of a node that have a network of their own, and an address. */
export function networkedPods(view: ClusterView, node: NodeView): Pod[] {
  return view.pods.filter(
    (pod) => pod.spec.nodeName === node.name && !pod.spec.hostNetwork && podAddress(pod) !== undefined,
  );
}

/** What one node holds: its underlay interface, the Pods' bridge, flannel's overlay, and the proxy's rules. */
export function nodeState(
  view: ClusterView,
  node: NodeView,
  pods: readonly Pod[],
  proxy: Pick<DesiredNetns, 'rulesets' | 'sysctls'>,
): DesiredNetns {
  const flannel = flannelNetwork(view, node);
  const cni = cniParts(view, node);
  return {
    ...emptyNetns(node.name),
    sysctls: [...nodeSysctls, ...proxy.sysctls],
    links: [
      { kind: 'veth', name: 'eth0', mtu: view.lab.underlay.mtu, mac: node.mac },
      ...cni.links,
      ...flannel.links,
      ...pods.map((pod) => podPort(view, pod, cni.links)),
    ],
    addresses: [
      { device: 'eth0', address: node.ip, prefix: cidrPrefix(parseCidr(view.lab.underlay.cidr)) },
      ...cni.addresses,
      ...flannel.addresses,
    ],
    routes: [{ to: anywhere, via: routerAddress(view), device: 'eth0' }, ...flannel.routes],
    neighbours: flannel.neighbours,
    fdb: flannel.fdb,
    rulesets: [...proxy.rulesets, ...flannelRulesets(flannel.tables)],
    files: [
      ...hostFiles(
        node.name,
        view.nodes.map(({ ip, name }) => `${ip} ${name}`),
      ),
      ...flannel.files,
    ],
  };
}

function flannelRulesets(tables: readonly RulesetTable[]): Ruleset[] {
  return tables.length === 0 ? [] : [{ owner: 'flannel', loader: 'iptables', tables }];
}

function podPort(view: ClusterView, pod: Pod, bridges: readonly DesiredLink[]): VethLink {
  return {
    kind: 'veth',
    name: podVeth(pod),
    master: view.lab.bridge,
    hairpin: true,
    peer: { netns: podNetns(pod), name: 'eth0' },
    ...mtuOf(bridges),
  };
}

function mtuOf(bridges: readonly DesiredLink[]): { mtu?: number } {
  const mtu = bridges[0]?.mtu;
  return mtu === undefined ? {} : { mtu };
}

/** What one Pod holds: one interface on its node's bridge, and the way out through it, as the CNI plugins set it. */
export function podState(view: ClusterView, node: NodeView, pod: Pod): DesiredNetns | undefined {
  const address = podAddress(pod);
  const subnet = node.podCIDRs[0];
  if (address === undefined || subnet === undefined) return undefined;
  const gateway = nthAddress(subnet, 1);
  return {
    ...emptyNetns(podNetns(pod)),
    sysctls: hostSysctls,
    links: [{ kind: 'veth', name: 'eth0', mac: macOf(address), ...mtuOf(cniParts(view, node).links) }],
    addresses: [{ device: 'eth0', address, prefix: cidrPrefix(subnet) }],
    routes: [
      { to: anywhere, via: gateway, device: 'eth0' },
      { to: view.flannel.network, via: gateway, device: 'eth0' },
    ],
    files: hostFiles(pod.spec.hostname ?? pod.metadata.name, [`${address} ${pod.spec.hostname ?? pod.metadata.name}`]),
  };
}
