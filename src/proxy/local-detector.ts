import { LabError } from '../errors.ts';
import { type Cidr, familyOf } from '../net/address.ts';
import type { DetectLocalMode, ProxyConfig } from './config.ts';
import type { ProxyInput, ProxyRelease } from './types.ts';

/** How rules recognise traffic of the cluster's own Pods. */
export type LocalDetector =
  | { readonly kind: 'cidr'; readonly cidr: Cidr }
  | { readonly kind: 'interface'; readonly name: string }
  | { readonly kind: 'interfacePrefix'; readonly prefix: string };

const knownModes: Readonly<Record<ProxyRelease, readonly DetectLocalMode[]>> = {
  '1.8': ['ClusterCIDR'],
  '1.20': ['ClusterCIDR', 'NodeCIDR'],
  '1.36': ['ClusterCIDR', 'NodeCIDR', 'BridgeInterface', 'InterfaceNamePrefix'],
};

/** Throws `usage` when the release does not know the configuration's detectLocalMode. */
export function checkDetectLocalMode({ detectLocalMode }: ProxyConfig, release: ProxyRelease): void {
  if (knownModes[release].includes(detectLocalMode)) return;
  throw new LabError('usage', `kube-proxy ${release} does not know detectLocalMode ${detectLocalMode}`, {
    field: 'detectLocalMode',
    hint: `It knows ${knownModes[release].join(', ')}.`,
  });
}

/**
 * The detector that detectLocalMode asks for; undefined when it has nothing to go by, such as an empty clusterCIDR.
 * Throws `usage` when the release does not know the mode.
 */
export function localDetector({ config, family, node, release }: ProxyInput): LocalDetector | undefined {
  checkDetectLocalMode(config, release);
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
