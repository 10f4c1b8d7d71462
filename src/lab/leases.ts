import { type ObjectStore, withMetadata } from '../cluster/store.ts';
import type { FlannelConfig } from '../cluster/view.ts';
import type { LeaseState, SubnetLease } from '../flannel/lease-record.ts';
import { acquireLease, chooseFirst, nextRenewal, noLeases, releaseLease, renewLease } from '../flannel/leases.ts';
import { defaultFlannelConfig, parseNetConf } from '../flannel/netconf.ts';
import { vtepMac } from '../flannel/vtep-mac.ts';
import type { Node } from '../kinds/types.ts';
import { type Cidr, type Mac, parseIPv4, tryParseCidr } from '../net/address.ts';

/** A node's lease as the cluster view wants it. */
export interface ViewLease {
  readonly subnet: Cidr;
  readonly vtepMac: Mac;
}

/** The flannel configuration of a lab: `net-conf.json` of a ConfigMap, as in flannel's own manifest, or the default. */
export function flannelConfigOf(store: ObjectStore): FlannelConfig {
  const maps = store.list('ConfigMap').filter(({ data }) => data?.['net-conf.json'] !== undefined);
  const text = maps[0]?.data?.['net-conf.json'];
  return text === undefined ? defaultFlannelConfig() : parseNetConf(text);
}

/** The subnet leases of a lab's nodes: what flanneld keeps in etcd. Embedded; it lives and ends with the lab. */
export class LeaseBook {
  readonly #lab: string;
  #state: LeaseState | undefined;

  constructor(lab: string) {
    this.#lab = lab;
  }

  /** The lease of a node, if it has one. */
  get(node: string): SubnetLease | undefined {
    return this.#state?.leases.find((lease) => lease.node === node);
  }

  /**
   * Gives every node a lease, takes back those of nodes that are gone, and renews those that are due. What each node
   * got is written into its Node object. Throws `invalid-object` when the network has no subnet left.
   */
  update(store: ObjectStore, config: FlannelConfig, now: Date): ReadonlyMap<string, ViewLease> {
    let state = this.#state?.config === config ? this.#state : noLeases(config);
    const nodes = store.list('Node');
    const names = new Set(nodes.map(({ metadata }) => metadata.name));
    for (const lease of state.leases) {
      if (lease.node !== null && !names.has(lease.node)) state = releaseLease(state, lease.subnet);
      else if ((nextRenewal(lease) ?? now) > now) continue;
      else if (lease.expires !== null) state = renewLease(state, lease.subnet, now).state;
    }
    const leases = new Map<string, ViewLease>();
    for (const node of nodes) {
      const known = state.leases.find((lease) => lease.node === node.metadata.name);
      const mac = vtepMac(this.#lab, node.metadata.name);
      if (known === undefined) state = this.#acquire(state, node, mac, now);
      const lease = state.leases.find((candidate) => candidate.node === node.metadata.name);
      if (lease === undefined) continue;
      leases.set(node.metadata.name, { subnet: lease.subnet, vtepMac: mac });
      writePodCIDR(store, node, lease.subnet);
    }
    this.#state = state;
    return leases;
  }

  #acquire(state: LeaseState, node: Node, mac: Mac, now: Date): LeaseState {
    const address = node.status.addresses?.find(({ type }) => type === 'InternalIP')?.address;
    if (address === undefined) return state;
    const podCIDRs = (node.spec.podCIDRs ?? []).map(tryParseCidr).filter((cidr) => cidr !== undefined);
    const request = { node: node.metadata.name, publicIP: parseIPv4(address), vtepMac: mac, podCIDRs };
    return acquireLease(state, request, { now, choose: chooseFirst }).state;
  }
}

/** `kubectl get node -o yaml` shows the lease where Kubernetes keeps it. */
function writePodCIDR(store: ObjectStore, node: Node, subnet: Cidr): void {
  if (node.spec.podCIDR === subnet) return;
  store.update<Node>(
    withMetadata({ ...node, spec: { ...node.spec, podCIDR: subnet, podCIDRs: [subnet] } }, node.metadata),
  );
}
