import { behaviours } from '../behaviour.ts';
import { endpointsOf, selectEndpoints } from '../endpoints.ts';
import { localDetector } from '../local-detector.ts';
import { primaryIP } from '../node-ports.ts';
import {
  createServiceMemory,
  differsForAll,
  locality,
  type ServiceWithSlices,
  servicesWithSlices,
} from '../service-memory.ts';
import { servicePorts } from '../service-ports.ts';
import type { ProxyInput } from '../types.ts';
import { frameChains, frameSets, markMasquerade } from './frame.ts';
import { type NftContext, nftServiceRules } from './service.ts';
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

function rulesOf({ service, slices }: ServiceWithSlices, input: ProxyInput, context: NftContext): NftServiceRules[] {
  const behaviour = behaviours[input.release];
  const where = locality(input);
  return servicePorts(service, input.family, behaviour).map((info) => {
    const endpoints = endpointsOf(slices, info, input.family, where.nodeName);
    return nftServiceRules(info, selectEndpoints(endpoints, info, where, behaviour), context);
  });
}

/** A proxier without any memory yet. */
export function createNftablesProxier(): NftablesProxier {
  const memory = createServiceMemory<readonly NftServiceRules[]>();
  let last: ProxyInput | undefined;
  const table = (input: ProxyInput): NftTable => {
    const context: NftContext = {
      family: input.family,
      detector: localDetector(input),
      nodeIP: primaryIP(input, input.family),
      markMasquerade: markMasquerade(input),
    };
    const forget = differsForAll(last, input);
    const rules = memory.recall(servicesWithSlices(input), forget, (service) => rulesOf(service, input, context));
    last = input;
    return assembleTable(input, rules.flat());
  };
  return { table };
}
