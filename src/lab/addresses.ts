import { PodAddressPool } from '../cluster/allocators/pod-ip.ts';
import { isPodFinished } from '../cluster/pods/status.ts';
import type { ObjectStore } from '../cluster/store.ts';
import type { Pod } from '../kinds/types.ts';
import { type Cidr, type IP, parseIP } from '../net/address.ts';
import type { ViewLease } from './leases.ts';

/** The addresses that each node's CNI plugin has given to its Pods. */
export class PodAddresses {
  readonly #pools = new Map<Cidr, PodAddressPool>();
  readonly #given = new Map<string, { readonly subnet: Cidr; readonly ip: IP }>();

  /**
   * Gives every bound Pod its address: one of its node's subnet, or the node's own with hostNetwork. Pods of a node
   * without a lease wait. Throws `environment` when a subnet is full.
   */
  assign(store: ObjectStore, leases: ReadonlyMap<string, ViewLease>): void {
    const pods = store.list('Pod').filter((pod) => pod.spec.nodeName !== undefined);
    this.#releaseGone(pods);
    for (const pod of pods) {
      if (pod.status.podIP !== undefined || pod.metadata.deletionTimestamp !== undefined) continue;
      const hostIP = nodeAddress(store, pod);
      const lease = leases.get(pod.spec.nodeName ?? '');
      if (hostIP === undefined || lease === undefined) continue;
      const podIP = pod.spec.hostNetwork ? hostIP : this.#allocate(lease.subnet, pod.metadata.uid ?? '');
      const startTime = store
        .now()
        .toISOString()
        .replace(/\.\d+Z$/, 'Z');
      store.update<Pod>({ ...pod, status: { ...pod.status, hostIP, podIP, podIPs: [{ ip: podIP }], startTime } });
    }
  }

  #allocate(subnet: Cidr, uid: string): IP {
    const pool = this.#pools.get(subnet) ?? new PodAddressPool(subnet);
    this.#pools.set(subnet, pool);
    const ip = pool.allocate();
    this.#given.set(uid, { subnet, ip });
    return ip;
  }

  #releaseGone(pods: readonly Pod[]): void {
    const there = new Set(pods.filter((pod) => !isPodFinished(pod)).map(({ metadata }) => metadata.uid));
    for (const [uid, { subnet, ip }] of this.#given) {
      if (there.has(uid)) continue;
      this.#pools.get(subnet)?.release(ip);
      this.#given.delete(uid);
    }
  }
}

function nodeAddress(store: ObjectStore, pod: Pod): IP | undefined {
  const node = store.get('Node', undefined, pod.spec.nodeName ?? '');
  const address = node?.status.addresses?.find(({ type }) => type === 'InternalIP')?.address;
  return address === undefined ? undefined : parseIP(address);
}
