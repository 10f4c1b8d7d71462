import { shortHash } from '../base32.ts';
import type { ServicePortInfo } from '../service-ports.ts';

/** Names of the chains of one Service port. */
export interface ServiceChains {
  /** Service port as comments name it: `namespace/name:port`. */
  readonly id: string;
  /** All endpoints: KUBE-SVC. */
  readonly cluster: string;
  /** Endpoints of this node: KUBE-SVL; KUBE-XLB up to 1.23. */
  readonly local: string;
  /** Traffic from outside: KUBE-EXT. */
  readonly external: string;
  /** loadBalancerSourceRanges: KUBE-FW. */
  readonly firewall: string;
  /** Chain of one endpoint: KUBE-SEP. */
  readonly endpoint: (ipPort: string) => string;
}

/** `namespace/name:port`; without a port name `namespace/name`, up to 1.18 with a colon behind it. */
function servicePortId(info: ServicePortInfo, trailingColon: boolean): string {
  const { namespace, name, portName } = info;
  return portName === '' && !trailingColon ? `${namespace}/${name}` : `${namespace}/${name}:${portName}`;
}

/** The chains' names: a prefix and 16 base32 characters of a SHA-256, as kube-proxy makes them. */
export function serviceChains(
  info: ServicePortInfo,
  era: { readonly trailingColon: boolean; readonly localPrefix: 'KUBE-SVL-' | 'KUBE-XLB-' },
): ServiceChains {
  const id = servicePortId(info, era.trailingColon);
  const seed = id + info.protocol;
  const suffix = shortHash(seed, 16);
  const endpoints = new Map<string, string>();
  const endpoint = (ipPort: string): string => {
    const chain = endpoints.get(ipPort) ?? shortHash(seed + ipPort, 16, 'KUBE-SEP-');
    endpoints.set(ipPort, chain);
    return chain;
  };
  return {
    id,
    cluster: `KUBE-SVC-${suffix}`,
    local: `${era.localPrefix}${suffix}`,
    external: `KUBE-EXT-${suffix}`,
    firewall: `KUBE-FW-${suffix}`,
    endpoint,
  };
}
