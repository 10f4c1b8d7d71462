/** Chains that all Services share, by the name used in ServiceRules. */
export const sharedChains = {
  natServices: { table: 'nat', chain: 'KUBE-SERVICES' },
  natNodePorts: { table: 'nat', chain: 'KUBE-NODEPORTS' },
  filterServices: { table: 'filter', chain: 'KUBE-SERVICES' },
  filterExternal: { table: 'filter', chain: 'KUBE-EXTERNAL-SERVICES' },
  filterNodePorts: { table: 'filter', chain: 'KUBE-NODEPORTS' },
  filterFirewall: { table: 'filter', chain: 'KUBE-PROXY-FIREWALL' },
} as const;

/** One of the shared chains. */
export type SharedChain = keyof typeof sharedChains;

/** What one Service port adds to the rules: lines of shared chains, and chains of its own in table nat. */
export interface ServiceRules {
  readonly shared: Readonly<Record<SharedChain, readonly string[]>>;
  readonly chains: ReadonlyMap<string, readonly string[]>;
}

/** ServiceRules that are being written. */
export interface ServiceRulesDraft {
  readonly shared: Record<SharedChain, string[]>;
  readonly chains: Map<string, string[]>;
}

/** Rules of a Service port without any line. */
export function emptyServiceRules(): ServiceRulesDraft {
  return {
    shared: {
      natServices: [],
      natNodePorts: [],
      filterServices: [],
      filterExternal: [],
      filterNodePorts: [],
      filterFirewall: [],
    },
    chains: new Map(),
  };
}
