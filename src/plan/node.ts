import type { ClusterView, NodeView } from '../cluster/view.ts';
import { cniParts, type FlannelNetwork, flannelNetwork } from '../flannel/network.ts';
import type { Pod } from '../kinds/types/pod.ts';
import { type Cidr, cidrPrefix, everywhere, familyOf, type IP, nthAddress, tryParseIP } from '../net/address.ts';
import type {
  DesiredFile,
  DesiredLink,
  DesiredNetns,
  DesiredRoute,
  IptablesRuleset,
  Ruleset,
  VethLink,
} from './desired.ts';
import { emptyNetns } from './diff.ts';
import { hostFiles, routerAddress, underlayAddress } from './fabric.ts';
import { familiesOf, nodeIPs, podNetwork } from './families.ts';
import { macOf, podFiles, podNetns, podVeth } from './names.ts';
import { hostResolvConf, podResolvConf } from './resolv-conf.ts';
import { hostSysctls, nodeSysctls } from './sysctls.ts';

/** The Pod's addresses, once it has them; IPv4 comes first. */
function podAddresses({ status: { podIP, podIPs } }: Pod): readonly IP[] {
  const texts = podIPs?.map(({ ip }) => ip) ?? (podIP === undefined ? [] : [podIP]);
  return texts.map(tryParseIP).filter((ip) => ip !== undefined);
}

/** The Pods of a node that have a network of their own, and an address. */
export function networkedPods(view: ClusterView, node: NodeView): Pod[] {
  return view.pods.filter(
    (pod) => pod.spec.nodeName === node.name && !pod.spec.hostNetwork && podAddresses(pod).length > 0,
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
  const families = familiesOf(nodeIPs(node));
  return {
    ...emptyNetns(node.name),
    sysctls: [...nodeSysctls(families), ...proxy.sysctls],
    links: [
      { kind: 'veth', name: 'eth0', mtu: view.lab.underlay.mtu, mac: node.mac },
      ...cni.links,
      ...flannel.links,
      ...pods.map((pod) => podPort(view, pod, cni.links)),
    ],
    addresses: [
      ...nodeIPs(node).map((address) => underlayAddress(view, 'eth0', address)),
      ...cni.addresses,
      ...flannel.addresses,
    ],
    routes: [
      ...families.map((family) => ({ to: everywhere(family), via: routerAddress(view, family), device: 'eth0' })),
      ...flannel.routes,
    ],
    neighbours: flannel.neighbours,
    fdb: flannel.fdb,
    rulesets: [...proxy.rulesets, ...flannelRulesets(flannel)],
    files: nodeFiles(view, node, flannel.files),
  };
}

/** Files of the node, and of those of its Pods with hostNetwork that have a resolv.conf of their own. */
function nodeFiles(view: ClusterView, node: NodeView, more: readonly DesiredFile[]): readonly DesiredFile[] {
  const hosts = view.nodes.flatMap((each) => nodeIPs(each).map((ip) => `${ip} ${each.name}`));
  const filesWith = (resolvConf: string) => [...hostFiles(node.name, hosts, resolvConf), ...more];
  const isOwner = (pod: Pod) => podNetns(pod) === node.name && podFiles(pod) !== node.name;
  return [
    ...filesWith(hostResolvConf(view)),
    ...view.pods.filter(isOwner).flatMap((pod) => {
      const owner = podFiles(pod);
      return filesWith(podResolvConf(view, pod)).map((file) => ({ ...file, owner }));
    }),
  ];
}

function flannelRulesets({ tables, tables6 }: Pick<FlannelNetwork, 'tables' | 'tables6'>): Ruleset[] {
  const both: IptablesRuleset[] = [
    { owner: 'flannel', loader: 'iptables', tables },
    { owner: 'flannel', loader: 'ip6tables', tables: tables6 },
  ];
  return both.filter((ruleset) => ruleset.tables.length > 0);
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
  const addresses = podAddresses(pod);
  const [first] = addresses;
  if (first === undefined || node.podCIDRs.length === 0) return undefined;
  const hostname = pod.spec.hostname ?? pod.metadata.name;
  const subnets = node.podCIDRs.filter((cidr) => familiesOf(addresses).includes(familyOf(cidr)));
  return {
    ...emptyNetns(podNetns(pod)),
    sysctls: hostSysctls(familiesOf(addresses)),
    links: [{ kind: 'veth', name: 'eth0', mac: macOf(first), ...mtuOf(cniParts(view, node).links) }],
    addresses: addresses.flatMap((address) => {
      const subnet = subnets.find((cidr) => familyOf(cidr) === familyOf(address));
      return subnet === undefined ? [] : [{ device: 'eth0', address, prefix: cidrPrefix(subnet) }];
    }),
    routes: subnets.flatMap((subnet) => podRoutes(view, subnet)),
    files: hostFiles(
      hostname,
      addresses.map((address) => `${address} ${ownNames(view, pod, hostname)}`),
      podResolvConf(view, pod),
    ),
  };
}

/** What a Pod calls itself in /etc/hosts: with a subdomain its full name first, as kubelet writes it. */
function ownNames({ lab }: ClusterView, { metadata, spec }: Pod, hostname: string): string {
  if (spec.subdomain === undefined || spec.subdomain === '') return hostname;
  const domain = lab.dns ? lab.dns.clusterDomain : 'cluster.local';
  return `${hostname}.${spec.subdomain}.${metadata.namespace}.svc.${domain} ${hostname}`;
}

function podRoutes(view: ClusterView, subnet: Cidr): DesiredRoute[] {
  const family = familyOf(subnet);
  const network = podNetwork(view, family);
  const way = { via: nthAddress(subnet, 1), device: 'eth0' };
  return [{ to: everywhere(family), ...way }, ...(network === undefined ? [] : [{ to: network, ...way }])];
}
