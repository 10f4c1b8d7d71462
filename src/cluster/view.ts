import type { EndpointSlice } from '../kinds/types/endpointslice.ts';
import type { KubeProxyConfiguration } from '../kinds/types/kubeproxyconfiguration.ts';
import type { LabSpec } from '../kinds/types/lab.ts';
import type { StringMap } from '../kinds/types/meta.ts';
import type { Pod } from '../kinds/types/pod.ts';
import type { Service } from '../kinds/types/service.ts';
import type { Cidr, IP, IPv4, IPv6, Mac } from '../net/address.ts';

/** A node as the network sees it. */
export interface NodeView {
  readonly name: string;
  /** Address on the underlay (eth0, InternalIP). */
  readonly ip: IPv4;
  /** Address of eth0 in the other family, when the lab has one. */
  readonly ipv6?: IP;
  readonly mac: Mac;
  readonly labels: StringMap;
  readonly zone?: string;
  /** The node's Pod network per family: its flannel lease. */
  readonly podCIDRs: readonly Cidr[];
  /** MAC of the node's flannel.N device. */
  readonly vtepMac: Mac;
  /** MAC of the node's flannel-v6.N device, when the lab has IPv6. */
  readonly vtepMacV6?: Mac;
  /** False: no proxy runs here, so a ClusterIP goes nowhere. */
  readonly kubeProxy: boolean;
  /** The node is about to be removed: it has the taint ToBeDeletedByClusterAutoscaler, or is being deleted. */
  readonly leaving?: true;
}

/** IPv6Network, IPv6SubnetLen, IPv6SubnetMin and IPv6SubnetMax of net-conf.json. */
export interface FlannelIPv6Config {
  readonly network: Cidr;
  readonly subnetLen: number;
  readonly subnetMin: IPv6;
  readonly subnetMax: IPv6;
}

/** flannel's net-conf.json with all defaults filled in. */
export interface FlannelConfig {
  readonly network: Cidr;
  readonly subnetLen: number;
  readonly subnetMin: IPv4;
  readonly subnetMax: IPv4;
  /** The IPv6 half; there only with EnableIPv6. */
  readonly ipv6?: FlannelIPv6Config;
  /** flanneld's flag -ip-masq. */
  readonly ipMasq: boolean;
  readonly backend:
    | {
        readonly type: 'vxlan';
        readonly vni: number;
        readonly port: number;
        readonly mtu?: number;
        readonly directRouting: boolean;
        readonly learning: boolean;
        readonly gbp: boolean;
      }
    | { readonly type: 'host-gw' };
}

/** One consistent picture of a lab: the input of plan, proxy, flannel and model. Immutable; a change makes a new one. */
export interface ClusterView {
  readonly lab: LabSpec;
  readonly flannel: FlannelConfig;
  readonly proxy: KubeProxyConfiguration;
  readonly nodes: readonly NodeView[];
  /** Pods bound to a node and not finished; with IPs once they have one. */
  readonly pods: readonly Pod[];
  readonly services: readonly Service[];
  readonly slices: readonly EndpointSlice[];
}
