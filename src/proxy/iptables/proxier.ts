import type { RulesetTable } from '../../plan/desired.ts';
import { behaviours } from '../behaviour.ts';
import { createServiceReader, locality, type ServiceWithPorts } from '../cluster-input.ts';
import { selectEndpoints } from '../endpoints.ts';
import { localDetector } from '../local-detector.ts';
import { primaryIP } from '../node-ports.ts';
import type { ProxyInput } from '../types.ts';
import { assembleTables } from './assemble.ts';
import type { RuleContext } from './context.ts';
import { iptablesEras } from './era.ts';
import type { ServiceRules } from './service-rules.ts';

/** Above this number of endpoints kube-proxy leaves comments of endpoint rules out. */
const largeClusterEndpoints = 1000;

function ruleContext(input: ProxyInput, services: readonly ServiceWithPorts[]): RuleContext {
  const era = iptablesEras[input.release];
  const endpoints = services.reduce(
    (sum, { ports }) => sum + ports.reduce((n, port) => n + port.endpoints.length, 0),
    0,
  );
  return {
    family: input.family,
    era,
    masqueradeAll: input.config.masqueradeAll,
    detector: localDetector(input),
    nodeIP: primaryIP(input, input.family),
    endpointComments: !era.dropsCommentsWhenLarge || endpoints <= largeClusterEndpoints,
  };
}

/** Computes rules again and again, remembering those of Services that did not change. */
export interface IptablesProxier {
  /** The tables of one family of one node; the same input gives equal tables. */
  readonly tables: (input: ProxyInput) => readonly RulesetTable[];
}

/** A proxier without any memory yet. */
export function createIptablesProxier(): IptablesProxier {
  const read = createServiceReader();
  let rendered = new WeakMap<ServiceWithPorts, readonly ServiceRules[]>();
  let endpointComments: boolean | undefined;
  const tables = (input: ProxyInput): readonly RulesetTable[] => {
    const services = read(input);
    const context = ruleContext(input, services);
    if (context.endpointComments !== endpointComments) rendered = new WeakMap();
    endpointComments = context.endpointComments;
    const behaviour = behaviours[input.release];
    const where = locality(input);
    const rules = services.flatMap((service) => {
      const before = rendered.get(service);
      if (before !== undefined) return before;
      const made = service.ports.map(({ info, endpoints }) =>
        context.era.serviceRules(info, selectEndpoints(endpoints, info, where, behaviour), context),
      );
      rendered.set(service, made);
      return made;
    });
    return assembleTables(input, context.era, rules);
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
