import type { ClusterView, FlannelConfig, NodeView } from '../../cluster/view.ts';
import type { Family, Mac } from '../../net/address.ts';
import type {
  DesiredAddress,
  DesiredFdbEntry,
  DesiredLink,
  DesiredNeighbour,
  DesiredRoute,
} from '../../plan/desired.ts';
import type { Fields } from '../json-fields.ts';

/** The links and entries that one backend makes in the network namespace of one node. */
export interface FlannelParts {
  readonly links: readonly DesiredLink[];
  readonly addresses: readonly DesiredAddress[];
  readonly routes: readonly DesiredRoute[];
  readonly neighbours: readonly DesiredNeighbour[];
  readonly fdb: readonly DesiredFdbEntry[];
  /** Bytes that fit into a packet of a Pod: FLANNEL_MTU. */
  readonly mtu: number;
}

/** The `Backend` object of net-conf.json with all defaults filled in. */
export type BackendConfig = FlannelConfig['backend'];
/** Value of `Type` in the `Backend` object. */
export type BackendType = BackendConfig['type'];

/** `BackendData` of a vxlan lease. */
export interface VxlanData {
  readonly vni: number;
  readonly vtepMac: Mac;
}

/** One way to carry packets between the nodes' subnets. */
export interface Backend {
  /** Keys that the `Backend` object may have beside `Type`. */
  readonly keys: readonly string[];
  /** Reads the backend's own keys; faults are recorded with the fields. `families`: those that the network has. */
  readonly configure: (fields: Fields, families: readonly Family[]) => BackendConfig;
  /** What the lease tells the other nodes about this node's device; absent when there is nothing to tell. */
  readonly data: (config: BackendConfig, vtepMac: Mac) => VxlanData | undefined;
  /** What flanneld makes on the node, which has a lease. */
  readonly parts: (view: ClusterView, node: NodeView) => FlannelParts;
}

/** The underlay device of every node. */
export const underlayDevice = 'eth0';
