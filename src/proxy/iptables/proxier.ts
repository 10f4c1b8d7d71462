import type { RulesetTable } from '../../plan/desired.ts';
import { behaviours } from '../behaviour.ts';
import { endpointsOf, selectEndpoints } from '../endpoints.ts';
import { localDetector } from '../local-detector.ts';
import { nodePortAddresses, primaryIP } from '../node-ports.ts';
import {
  createServiceMemory,
  differsForAll,
  hasMoreEndpoints,
  locality,
  type ServiceWithSlices,
  servicesWithSlices,
} from '../service-memory.ts';
import { servicePorts } from '../service-ports.ts';
import type { ProxyInput } from '../types.ts';
import { assembleTables } from './assemble.ts';
import type { RuleContext } from './context.ts';
import { iptablesEras } from './era.ts';
import type { ServiceRules } from './service-rules.ts';

/** Above this number of endpoints kube-proxy leaves comments of endpoint rules out. */
const largeClusterEndpoints = 1000;

function ruleContext(input: ProxyInput, services: readonly ServiceWithSlices[]): RuleContext {
  const era = iptablesEras[input.release];
  const nodePorts = nodePortAddresses(input, 'all');
  return {
    family: input.family,
    era,
    masqueradeAll: input.config.masqueradeAll,
    detector: localDetector(input),
    nodeIP: primaryIP(input, input.family),
    takesNodePorts: nodePorts.matchAll || nodePorts.ips.length > 0,
    endpointComments: !era.dropsCommentsWhenLarge || !hasMoreEndpoints(services, largeClusterEndpoints, input),
  };
}

function rulesOf({ service, slices }: ServiceWithSlices, input: ProxyInput, context: RuleContext): ServiceRules[] {
  const behaviour = behaviours[input.release];
  const where = locality(input);
  return servicePorts(service, input.family, behaviour).map((info) => {
    const endpoints = endpointsOf(slices, info, input.family, where.nodeName);
    return context.era.serviceRules(info, selectEndpoints(endpoints, info, where, behaviour), context);
  });
}

/** Computes rules again and again, remembering those of Services that did not change. */
export interface IptablesProxier {
  /** The tables of one family of one node; the same input gives equal tables. */
  readonly tables: (input: ProxyInput) => readonly RulesetTable[];
}

/** A proxier without any memory yet. */
export function createIptablesProxier(): IptablesProxier {
  const memory = createServiceMemory<readonly ServiceRules[]>();
  let last: ProxyInput | undefined;
  let hadComments: boolean | undefined;
  const tables = (input: ProxyInput): readonly RulesetTable[] => {
    const services = servicesWithSlices(input);
    const context = ruleContext(input, services);
    const forget = differsForAll(last, input) || context.endpointComments !== hadComments;
    const rules = memory.recall(services, forget, (service) => rulesOf(service, input, context));
    last = input;
    hadComments = context.endpointComments;
    return assembleTables(input, context.era, rules.flat());
  };
  return { tables };
}

/**
 * The iptables rules of one node and family, as the named kube-proxy release programs them. Tables mangle, filter and
 * nat; rules in the form in which `iptables-save` prints them. Throws `usage` for what the release cannot do.
 */
export function iptablesTables(input: ProxyInput): readonly RulesetTable[] {
  return createIptablesProxier().tables(input);
}
