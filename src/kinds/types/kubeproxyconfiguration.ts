/** kubeproxy.config.k8s.io/v1alpha1; durations as Go writes them (`30s`). It has no metadata in the wild. */
export interface KubeProxyConfiguration {
  readonly apiVersion: string;
  readonly kind: 'KubeProxyConfiguration';
  readonly mode?: '' | 'iptables' | 'nftables' | 'ipvs';
  readonly clusterCIDR?: string;
  readonly detectLocalMode?: 'ClusterCIDR' | 'NodeCIDR' | 'BridgeInterface' | 'InterfaceNamePrefix' | '';
  readonly detectLocal?: { readonly bridgeInterface?: string; readonly interfaceNamePrefix?: string };
  readonly hostnameOverride?: string;
  readonly nodePortAddresses?: readonly string[];
  readonly iptables?: ProxyModeOptions & { readonly localhostNodePorts?: boolean };
  readonly nftables?: ProxyModeOptions;
  readonly ipvs?: ProxyModeOptions & { readonly scheduler?: string; readonly strictARP?: boolean };
  readonly [field: string]: unknown;
}

export interface ProxyModeOptions {
  readonly masqueradeAll?: boolean;
  readonly masqueradeBit?: number;
  readonly syncPeriod?: string;
  readonly minSyncPeriod?: string;
  readonly [field: string]: unknown;
}
