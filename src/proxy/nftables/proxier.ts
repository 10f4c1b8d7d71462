import { behaviours } from '../behaviour.ts';
import { createServiceReader, locality, type ServiceWithPorts } from '../cluster-input.ts';
import { selectEndpoints } from '../endpoints.ts';
import { localDetector } from '../local-detector.ts';
import { primaryIP } from '../node-ports.ts';
import type { ProxyInput } from '../types.ts';
import { frameChains, frameSets, markMasquerade } from './frame.ts';
import { nftServiceRules } from './service.ts';
import { type NftServiceRules, type NftSet, type NftTable, type SharedSet, sharedSets } from './values.ts';

/** Elements of the shared sets; of two Services that claim the same key, the first one has it. */
function sharedElements(services: readonly NftServiceRules[]): ReadonlyMap<SharedSet, ReadonlyMap<string, string>> {
  const found = new Map(sharedSets.map((name) => [name, new Map<string, string>()]));
  for (const service of services) {
    for (const { set, key, value } of service.elements) {
      const elements = found.get(set);
      if (elements !== undefined && !elements.has(key)) elements.set(key, value);
    }
  }
  return found;
}

function assembleTable(input: ProxyInput, services: readonly NftServiceRules[]): NftTable {
  const shared = sharedElements(services);
  const sets = new Map<string, NftSet>(frameSets(input));
  for (const [name, elements] of shared) {
    const empty = sets.get(name);
    if (empty !== undefined) sets.set(name, { ...empty, elements });
  }
  const chains = new Map(frameChains(input));
  for (const service of services) {
    for (const [name, set] of service.sets) sets.set(name, set);
    for (const [name, chain] of service.chains) chains.set(name, chain);
  }
  return { family: input.family, sets, chains };
}

/** Computes tables again and again, remembering what it made of Services that did not change. */
export interface NftablesProxier {
  /** kube-proxy's table of one family of one node; the same input gives an equal table. */
  readonly table: (input: ProxyInput) => NftTable;
}

/** A proxier without any memory yet. */
export function createNftablesProxier(): NftablesProxier {
  const read = createServiceReader();
  const rendered = new WeakMap<ServiceWithPorts, readonly NftServiceRules[]>();
  const table = (input: ProxyInput): NftTable => {
    const context = {
      family: input.family,
      detector: localDetector(input),
      nodeIP: primaryIP(input, input.family),
      markMasquerade: markMasquerade(input),
    };
    const where = locality(input);
    const behaviour = behaviours[input.release];
    const rules = read(input).flatMap((service) => {
      const before = rendered.get(service);
      if (before !== undefined) return before;
      const made = service.ports.map(({ info, endpoints }) =>
        nftServiceRules(info, selectEndpoints(endpoints, info, where, behaviour), context),
      );
      rendered.set(service, made);
      return made;
    });
    return assembleTable(input, rules);
  };
  return { table };
}
