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
  readonly shared: Readonly<Partial<Record<SharedChain, readonly string[]>>>;
  readonly chains: readonly (readonly [name: string, rules: readonly string[]])[];
}

/** ServiceRules that are being written. */
export interface ServiceRulesDraft {
  readonly shared: Partial<Record<SharedChain, string[]>>;
  readonly chains: (readonly [name: string, rules: readonly string[]])[];
}

/** Adds rules to the Service port's part of a shared chain. */
export function addShared({ shared }: ServiceRulesDraft, chain: SharedChain, ...rules: readonly string[]): void {
  const before = shared[chain];
  if (before === undefined) shared[chain] = [...rules];
  else before.push(...rules);
}
