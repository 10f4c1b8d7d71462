import { endpointsPerService } from '../cluster.ts';
import { atMost, manyServices, measureSync } from '../sync.ts';
import type { Bench } from '../types.ts';

/** Small changes of many rules in iptables mode against the bare loader. */
export const iptablesChange: Bench = {
  name: 'iptables-change',
  how: 'The same lab with all rules in the kernel: from an object that has changed to rules in the kernel; in turn with `iptables-legacy-restore --noflush` of the ready-made text of only such a change, in the same namespace.',
  run: async (context) => {
    const services = manyServices(context.quick);
    const rounds = context.quick ? 3 : 15;
    const found = await measureSync(context, { mode: 'iptables', services, what: 'change', rounds });
    const size = `${services.toLocaleString('en-US')} × ${endpointsPerService}`;
    const beside = (values: readonly number[]) => ({ what: '`iptables-legacy-restore --noflush`', values });
    const reach = atMost(1.15);
    const { service, endpoint } = found;
    return {
      rows: [
        {
          what: `iptables, one Service more at ${size}`,
          unit: 'ms',
          values: service.svclab,
          beside: beside(service.loader),
          reach,
        },
        {
          what: `iptables, one endpoint changed at ${size}`,
          unit: 'ms',
          values: endpoint.svclab,
          beside: beside(endpoint.loader),
          reach,
        },
      ],
    };
  },
};
