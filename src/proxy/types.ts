import type { EndpointSlice } from '../kinds/types/endpointslice.ts';
import type { StringMap } from '../kinds/types/meta.ts';
import type { Service } from '../kinds/types/service.ts';
import type { Cidr, Family, IP } from '../net/address.ts';
import type { ProxyConfig } from './config.ts';

/** A kube-proxy release whose rules svclab can make. */
export type ProxyRelease = '1.8' | '1.20' | '1.36';

/** The node whose rules are computed. */
export interface ProxyNode {
  readonly name: string;
  /** Addresses of the node's interfaces without loopback; the first of a family is the node's primary one. */
  readonly ips: readonly IP[];
  /** `spec.podCIDRs`, read by detectLocalMode NodeCIDR. */
  readonly podCIDRs: readonly Cidr[];
  /** Labels; `topology.kubernetes.io/zone` counts for hints. */
  readonly labels: StringMap;
}

/** All that the rules of one node and one address family depend on. Objects are immutable. */
export interface ProxyInput {
  readonly release: ProxyRelease;
  readonly family: Family;
  readonly node: ProxyNode;
  readonly config: ProxyConfig;
  readonly services: readonly Service[];
  readonly slices: readonly EndpointSlice[];
  /** Networks of the ServiceCIDR objects, whose unallocated addresses nftables mode drops. Absent: none. */
  readonly serviceCIDRs?: readonly Cidr[];
  /**
   * Whether the node's kubelet keeps KUBE-MARK-DROP and KUBE-FIREWALL, on which source ranges of releases before 1.26
   * depend. Absent: only in 1.8, as older texts show it; dumps of 1.20 are of a node without kubelet.
   */
  readonly kubelet?: boolean;
}
