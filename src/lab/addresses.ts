import { PodAddressPool } from '../cluster/allocators/pod-ip.ts';
import { internalIP } from '../cluster/nodes.ts';
import { isPodFinished } from '../cluster/pods/status.ts';
import type { ObjectStore } from '../cluster/store.ts';
import type { Pod } from '../kinds/types/pod.ts';
import type { Cidr, IP } from '../net/address.ts';
import type { ViewLease } from './leases.ts';

/** An address, and the subnet that it is of. */
interface Given {
  readonly subnet: Cidr;
  readonly ip: IP;
}

/** The addresses that each node's CNI plugin has given to its Pods. */
export class PodAddresses {
  readonly #pools = new Map<Cidr, PodAddressPool>();
  readonly #given = new Map<string, readonly Given[]>();

  /**
   * Gives every bound Pod its addresses: one of each of its node's subnets, or the node's own with hostNetwork. Pods of
   * a node without a lease wait. Throws `environment` when a subnet is full.
   */
  assign(store: ObjectStore, leases: ReadonlyMap<string, ViewLease>): void {
    const pods = store.list('Pod').filter((pod) => pod.spec.nodeName !== undefined);
    this.#releaseGone(pods);
    for (const pod of pods) {
      if (pod.status.podIP !== undefined || pod.metadata.deletionTimestamp !== undefined) continue;
      const hostIPs = nodeAddresses(store, pod);
      const [hostIP] = hostIPs;
      const lease = leases.get(pod.spec.nodeName ?? '');
      if (hostIP === undefined || lease === undefined) continue;
      const ips = pod.spec.hostNetwork ? hostIPs : this.#allocate(lease, pod.metadata.uid ?? '');
      const podIPs = ips.map((ip) => ({ ip }));
      const podIP = ips[0] ?? hostIP;
      const startTime = store
        .now()
        .toISOString()
        .replace(/\.\d+Z$/, 'Z');
      store.update<Pod>({ ...pod, status: { ...pod.status, hostIP, podIP, podIPs, startTime } });
    }
  }

  #allocate({ subnet, ipv6Subnet }: ViewLease, uid: string): readonly IP[] {
    const subnets = ipv6Subnet === undefined ? [subnet] : [subnet, ipv6Subnet];
    const given = subnets.map((each) => ({ subnet: each, ip: this.#poolOf(each).allocate() }));
    this.#given.set(uid, given);
    return given.map(({ ip }) => ip);
  }

  #poolOf(subnet: Cidr): PodAddressPool {
    const pool = this.#pools.get(subnet) ?? new PodAddressPool(subnet);
    this.#pools.set(subnet, pool);
    return pool;
  }

  #releaseGone(pods: readonly Pod[]): void {
    const there = new Set(pods.filter((pod) => !isPodFinished(pod)).map(({ metadata }) => metadata.uid));
    for (const [uid, given] of this.#given) {
      if (there.has(uid)) continue;
      for (const { subnet, ip } of given) this.#pools.get(subnet)?.release(ip);
      this.#given.delete(uid);
    }
  }
}

/** The addresses of the Pod's node, IPv4 first; none when its node has no IPv4. */
function nodeAddresses(store: ObjectStore, pod: Pod): readonly IP[] {
  const node = store.get('Node', undefined, pod.spec.nodeName ?? '');
  const ipv4 = node === undefined ? undefined : internalIP(node);
  if (node === undefined || ipv4 === undefined) return [];
  return [ipv4, ...[internalIP(node, 'ipv6')].filter((ip) => ip !== undefined)];
}
