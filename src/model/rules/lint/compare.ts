import type { RuleSet } from '../types.ts';
import { type Frontend, frontendKey, frontendText } from './frontend.ts';
import { frontendsOf } from './frontends.ts';
import type { Finding } from './types.ts';

const cure = 'kube-proxy on this node does not follow the cluster: look at its log and metrics, and restart it.';

function place({ line, table, chain }: Frontend): Pick<Finding, 'line' | 'table' | 'chain'> {
  return { line, table, chain };
}

function missingFrontend({ chain, ...frontend }: Frontend): Finding {
  return {
    rule: 'service-without-rules',
    table: frontend.table,
    what: `Nothing serves ${frontendText(frontend)}; kube-proxy would send it to ${chain}.`,
    effect: 'Connections there from this node hang or are refused.',
    cure,
  };
}

function staleFrontend(frontend: Frontend): Finding {
  return {
    rule: 'stale-service',
    ...place(frontend),
    what: `${frontendText(frontend)} is served, but no Service of the cluster has it, or none with endpoints.`,
    effect: 'Connections there go to endpoints of a Service that is gone or has changed.',
    cure,
  };
}

function endpoints(dumped: Frontend, wanted: Frontend): Finding[] {
  const stale = [...dumped.endpoints].filter(([endpoint]) => !wanted.endpoints.has(endpoint));
  const missing = [...wanted.endpoints.keys()].filter((endpoint) => !dumped.endpoints.has(endpoint));
  const text = frontendText(dumped);
  return [
    ...stale.map(([endpoint, line]) => ({
      rule: 'stale-endpoint',
      line,
      table: dumped.table,
      what: `The rules of ${text} name the endpoint ${endpoint}, which it does not have any more.`,
      effect: `About one in ${dumped.endpoints.size} connections goes to a Pod that is gone, and fails.`,
      cure,
    })),
    ...missing.map((endpoint) => ({
      rule: 'missing-endpoint',
      ...place(dumped),
      what: `The rules of ${text} do not name the endpoint ${endpoint}.`,
      effect: 'It gets no connections from this node; the others carry its share.',
      cure,
    })),
  ];
}

/**
 * Where the rules of a dump are not those that the cluster asks for. `expected` are the rules that kube-proxy would make
 * of the cluster, for the same node and in the same mode.
 */
export function compareWithCluster(dumped: readonly RuleSet[], expected: readonly RuleSet[]): Finding[] {
  const has = new Map(frontendsOf(dumped).map((frontend) => [frontendKey(frontend), frontend]));
  const wants = new Map(frontendsOf(expected).map((frontend) => [frontendKey(frontend), frontend]));
  return [
    ...[...wants].flatMap(([key, wanted]) => {
      const found = has.get(key);
      return found === undefined ? [missingFrontend(wanted)] : endpoints(found, wanted);
    }),
    ...[...has].flatMap(([key, found]) => (wants.has(key) ? [] : [staleFrontend(found)])),
  ];
}
