import type { ClusterView, NodeView } from '../cluster/view.ts';
import { type Cidr, cidrPrefix, familyOf, nthAddress } from '../net/address.ts';
import type { BridgeLink, DesiredAddress, DesiredFile, RulesetTable } from '../plan/desired.ts';
import { backends } from './backends/registry.ts';
import type { FlannelParts } from './backends/types.ts';
import { familiesOf, memberOf } from './families.ts';
import { subnetEnv } from './subnet-env.ts';
import { flannelTables } from './traffic-rules.ts';
import { macFrom } from './vtep-mac.ts';

/** Where flanneld leaves the node's subnet for the CNI plugin. */
const subnetEnvPath = '/run/flannel/subnet.env';

/** Everything that flanneld does on one node. */
export interface FlannelNetwork extends FlannelParts {
  /** For iptables, in the order in which flanneld writes them. */
  readonly tables: readonly RulesetTable[];
  /** For ip6tables; empty without IPv6. */
  readonly tables6: readonly RulesetTable[];
  readonly files: readonly DesiredFile[];
}

/** What the CNI plugins make on one node before its first Pod. */
export interface CniParts {
  readonly links: readonly BridgeLink[];
  readonly addresses: readonly DesiredAddress[];
}

function subnetsOf(view: ClusterView, node: NodeView): readonly Cidr[] {
  return familiesOf(view.flannel)
    .map((family) => memberOf(node, family)?.subnet)
    .filter((subnet) => subnet !== undefined);
}

/**
 * Everything that flanneld does on the node: the backend's devices and entries, the traffic rules, subnet.env. A node
 * without a lease has nothing of it, as flanneld waits for its lease first.
 */
export function flannelNetwork(view: ClusterView, node: NodeView): FlannelNetwork {
  const parts = backends[view.flannel.backend.type].parts(view, node);
  const subnets = subnetsOf(view, node);
  const tablesOf = (family: 'ipv4' | 'ipv6') =>
    subnets.filter((subnet) => familyOf(subnet) === family).flatMap((subnet) => flannelTables(view.flannel, subnet));
  return {
    ...parts,
    tables: tablesOf('ipv4'),
    tables6: tablesOf('ipv6'),
    files: subnets.length === 0 ? [] : [{ path: subnetEnvPath, content: subnetEnv(view.flannel, subnets, parts.mtu) }],
  };
}

/**
 * The Pods' bridge of a node as the CNI bridge plugin makes it under flannel: `lab.bridge` with FLANNEL_MTU and the
 * first address of each subnet. Its MAC is fixed, as the plugin fixes it, since a bridge's MAC would else change with
 * its ports. Nothing on a node without a lease.
 */
export function cniParts(view: ClusterView, node: NodeView): CniParts {
  const subnets = subnetsOf(view, node);
  if (subnets.length === 0) return { links: [], addresses: [] };
  const { bridge } = view.lab;
  const { mtu } = backends[view.flannel.backend.type].parts(view, node);
  return {
    links: [{ kind: 'bridge', name: bridge, mtu, mac: macFrom('bridge', node.mac, node.name, bridge) }],
    addresses: subnets.map((subnet) => ({
      device: bridge,
      address: nthAddress(subnet, 1),
      prefix: cidrPrefix(subnet),
    })),
  };
}
