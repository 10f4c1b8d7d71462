import type { ProxyRelease } from './types.ts';

/** What a release of kube-proxy reads of Services and endpoints, whatever its mode. */
export interface ProxyBehaviour {
  /** `status.loadBalancer.ingress[].ipMode` (KEP-1860). */
  readonly readsIPMode: boolean;
  /** `spec.internalTrafficPolicy` (KEP-2086). */
  readonly internalTrafficPolicy: boolean;
  /** externalTrafficPolicy also counts for a ClusterIP Service with externalIPs. */
  readonly externalIPsObeyPolicy: boolean;
  /** Falls back to terminating endpoints that still serve (KEP-1669). */
  readonly terminatingFallback: boolean;
  /** Endpoints that are not ready count towards the size of a cluster, too. */
  readonly countsUnready: boolean;
  /** Zone and node hints of slices (KEP-2433, KEP-3015). */
  readonly topologyHints: boolean;
}

const classic: ProxyBehaviour = {
  readsIPMode: false,
  internalTrafficPolicy: false,
  externalIPsObeyPolicy: false,
  terminatingFallback: false,
  countsUnready: false,
  topologyHints: false,
};

/** The behaviour of each release. */
export const behaviours: Readonly<Record<ProxyRelease, ProxyBehaviour>> = {
  '1.8': classic,
  '1.20': classic,
  '1.36': {
    readsIPMode: true,
    internalTrafficPolicy: true,
    externalIPsObeyPolicy: true,
    terminatingFallback: true,
    countsUnready: true,
    topologyHints: true,
  },
};
