import type { RulesetTable } from '../../plan/desired.ts';
import { nodePortAddresses } from '../node-ports.ts';
import { servesLocalhostNodePorts } from '../sysctls.ts';
import type { ProxyInput } from '../types.ts';
import type { IptablesEra } from './context.ts';
import type { FrameTable } from './frame.ts';
import { type ServiceRules, type SharedChain, sharedChains } from './service-rules.ts';

const shared = Object.entries(sharedChains) as readonly [SharedChain, (typeof sharedChains)[SharedChain]][];

function assembleTable(frame: FrameTable, services: readonly ServiceRules[]): RulesetTable {
  const chains = new Map<string, readonly string[]>(Object.entries(frame.chains));
  for (const [key, { table, chain }] of shared) {
    if (table !== frame.table || !chains.has(chain)) continue;
    const rules: string[] = [];
    for (const service of services) {
      const own = service.shared[key];
      if (own !== undefined) rules.push(...own);
    }
    rules.push(...(frame.chains[chain] ?? []));
    chains.set(chain, rules);
  }
  if (frame.table === 'nat') {
    for (const service of services) for (const [chain, rules] of service.chains) chains.set(chain, rules);
  }
  return { table: frame.table, chains, jumps: frame.jumps };
}

/** Joins the rules of all Service ports, in their order, with those that every node has. */
export function assembleTables(
  input: ProxyInput,
  era: IptablesEra,
  services: readonly ServiceRules[],
): readonly RulesetTable[] {
  const nodePorts = nodePortAddresses(input, 'all');
  const localhostNodePorts = servesLocalhostNodePorts(input);
  return era.frame({ input, nodePorts, localhostNodePorts }).map((frame) => assembleTable(frame, services));
}
