import { frontendText } from './frontend.ts';
import { frontendsOf } from './frontends.ts';
import type { Check } from './types.ts';

/** Services whose chain sends packets nowhere. */
export const emptyServices: Check = ({ ruleSets }) =>
  frontendsOf(ruleSets)
    .filter(({ endpoints, refuses, empty }) => empty || (endpoints.size === 0 && !refuses))
    .map((frontend) => ({
      rule: 'service-without-rules',
      line: frontend.line,
      table: frontend.table,
      chain: frontend.chain,
      what: `${frontendText(frontend)} leads to ${frontend.chain}, which ${frontend.empty ? 'has no rules' : 'leads to no endpoint'}.`,
      effect: 'Its packets are not translated: they leave for an address that nobody has, and connections hang.',
      cure: 'Restart kube-proxy, which writes the chain anew; if that does not last, another program flushes it.',
    }));
