import { type Cidr, familyOf } from '../net/address.ts';
import type { ProxyInput } from './types.ts';

/** How rules recognise traffic of the cluster's own Pods. */
export type LocalDetector =
  | { readonly kind: 'cidr'; readonly cidr: Cidr }
  | { readonly kind: 'interface'; readonly name: string }
  | { readonly kind: 'interfacePrefix'; readonly prefix: string };

/** The detector that detectLocalMode asks for; undefined when it has nothing to go by, such as an empty clusterCIDR. */
export function localDetector({ config, family, node }: ProxyInput): LocalDetector | undefined {
  switch (config.detectLocalMode) {
    case 'BridgeInterface':
      return { kind: 'interface', name: config.bridgeInterface };
    case 'InterfaceNamePrefix':
      return { kind: 'interfacePrefix', prefix: config.interfaceNamePrefix };
    case 'NodeCIDR': {
      const cidr = node.podCIDRs.find((podCIDR) => familyOf(podCIDR) === family);
      return cidr === undefined ? undefined : { kind: 'cidr', cidr };
    }
    case 'ClusterCIDR': {
      const cidr = config.clusterCIDR[family];
      return cidr === undefined ? undefined : { kind: 'cidr', cidr };
    }
  }
}
