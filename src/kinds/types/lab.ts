import type { KubeObject, StringMap } from './meta.ts';
import type { Taint } from './node.ts';

export interface LabNode {
  readonly name: string;
  readonly role?: 'control-plane' | 'worker';
  /** Address on the underlay; the next free one from .11 on when absent. */
  readonly ip?: string;
  readonly zone?: string;
  readonly labels?: StringMap;
  readonly taints?: readonly Taint[];
  /** False: a node without kube-proxy, which cannot reach a ClusterIP. */
  readonly kubeProxy?: boolean;
}

/** A host outside the cluster. */
export interface LabClient {
  readonly name: string;
  /** The first of its addresses. */
  readonly ip: string;
  /** All of them, one of each family at most, when it has more than `ip`. */
  readonly ips?: readonly string[];
}

/** Cluster DNS of a lab, and what it knows of the world. */
export interface LabDns {
  /** Without final dot. */
  readonly clusterDomain: string;
  /** Servers for names outside the cluster, `ADDRESS` or `ADDRESS:PORT`. */
  readonly upstreams: readonly string[];
  /** Domains with servers of their own. */
  readonly stubDomains: readonly { readonly domain: string; readonly servers: readonly string[] }[];
  /** Fixed addresses of names, in the form of a Pod's hostAliases. */
  readonly hosts: readonly { readonly ip: string; readonly hostnames: readonly string[] }[];
}

export interface LabSpec {
  readonly nodes: readonly LabNode[];
  /** `cidr`: one network, or one of each family with a comma between them; IPv4 is always there. */
  readonly underlay: { readonly cidr: string; readonly mtu: number };
  /** One network, or one of each family with a comma between them; the first one's family is what Services get. */
  readonly serviceClusterIPRange: string;
  readonly serviceNodePortRange: string;
  readonly clients: readonly LabClient[];
  /** External address ranges and the node that the outside routes them to. */
  readonly externalIPs: readonly { readonly cidr: string; readonly via: string }[];
  /** One network, or one of each family with a comma between them. */
  readonly loadBalancerPool?: string;
  readonly kubernetesRelease: '1.8' | '1.20' | '1.36';
  /** Name of the Pods' bridge on each node. */
  readonly bridge: string;
  /** False: the lab has no cluster DNS. */
  readonly dns: LabDns | false;
}

export interface Lab extends KubeObject {
  readonly kind: 'Lab';
  readonly spec: LabSpec;
}
