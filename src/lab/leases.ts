import { internalIP } from '../cluster/nodes.ts';
import { type ObjectStore, withMetadata } from '../cluster/store.ts';
import type { FlannelConfig } from '../cluster/view.ts';
import { LabError } from '../errors.ts';
import type { LeaseState, SubnetLease } from '../flannel/lease-record.ts';
import { acquireLease, chooseFirst, nextRenewal, noLeases, releaseLease, renewLease } from '../flannel/leases.ts';
import { defaultFlannelConfig, parseNetConf } from '../flannel/netconf.ts';
import { vtepMac } from '../flannel/vtep-mac.ts';
import { labFamilies } from '../kinds/lab-networks.ts';
import type { Node } from '../kinds/types/node.ts';
import { type Cidr, type IPv4, type IPv6, type Mac, tryParseCidr } from '../net/address.ts';

/** A node's lease as the cluster view wants it. */
export interface ViewLease {
  readonly subnet: Cidr;
  /** Of the other family, in a network that has it. */
  readonly ipv6Subnet?: Cidr;
  readonly vtepMac: Mac;
  readonly vtepMacV6?: Mac;
}

/**
 * The flannel configuration of a lab: `net-conf.json` of a ConfigMap, as in flannel's own manifest, or the default, which
 * has the families of the underlay. Throws what parseNetConf throws, and `invalid-object` for a network of IPv6 over an
 * underlay without it.
 */
export function flannelConfigOf(store: ObjectStore): FlannelConfig {
  const lab = store.list('Lab')[0];
  const ipv6 = lab !== undefined && labFamilies(lab.spec).includes('ipv6');
  const maps = store.list('ConfigMap').filter(({ data }) => data?.['net-conf.json'] !== undefined);
  const text = maps[0]?.data?.['net-conf.json'];
  if (text === undefined) return defaultFlannelConfig({ ipv6 });
  const config = parseNetConf(text);
  if (config.ipv6 === undefined || ipv6) return config;
  throw new LabError('invalid-object', 'EnableIPv6 is true in net-conf.json, but the underlay has no IPv6 network', {
    field: 'EnableIPv6',
    hint: 'Add one to spec.underlay.cidr of the Lab: 192.168.56.0/24,fd00:56::/64',
  });
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
      if (known === undefined) state = this.#acquire(state, node, now);
      const lease = state.leases.find((candidate) => candidate.node === node.metadata.name);
      if (lease === undefined) continue;
      leases.set(node.metadata.name, this.#viewOf(lease, node));
      writePodCIDRs(store, node, lease);
    }
    this.#state = state;
    return leases;
  }

  #viewOf({ subnet, subnetV6 }: SubnetLease, { metadata }: Node): ViewLease {
    const mac = vtepMac(this.#lab, metadata.name);
    if (subnetV6 === undefined) return { subnet, vtepMac: mac };
    return { subnet, ipv6Subnet: subnetV6, vtepMac: mac, vtepMacV6: vtepMac(this.#lab, metadata.name, 'ipv6') };
  }

  #acquire(state: LeaseState, node: Node, now: Date): LeaseState {
    const { name } = node.metadata;
    const [publicIP, publicIPv6] = [internalIP(node), internalIP(node, 'ipv6')];
    if (publicIP === undefined) return state;
    const podCIDRs = (node.spec.podCIDRs ?? []).map(tryParseCidr).filter((cidr) => cidr !== undefined);
    const request = {
      node: name,
      publicIP: publicIP as IPv4,
      ...(publicIPv6 === undefined ? {} : { publicIPv6: publicIPv6 as IPv6 }),
      vtepMac: vtepMac(this.#lab, name),
      vtepMacV6: vtepMac(this.#lab, name, 'ipv6'),
      podCIDRs,
    };
    return acquireLease(state, request, { now, choose: chooseFirst }).state;
  }
}

/** `kubectl get node -o yaml` shows the lease where Kubernetes keeps it. */
function writePodCIDRs(store: ObjectStore, node: Node, { subnet, subnetV6 }: SubnetLease): void {
  if (node.spec.podCIDR === subnet && (subnetV6 === undefined || node.spec.podCIDRs?.[1] === subnetV6)) return;
  const podCIDRs = subnetV6 === undefined ? [subnet] : [subnet, subnetV6];
  store.update<Node>(withMetadata({ ...node, spec: { ...node.spec, podCIDR: subnet, podCIDRs } }, node.metadata));
}
