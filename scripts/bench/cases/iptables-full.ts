import { endpointsPerService } from '../cluster.ts';
import { atMost, manyServices, measureSync } from '../sync.ts';
import type { Bench } from '../types.ts';

/** A full sync in iptables mode against the bare loader. */
export const iptablesFull: Bench = {
  name: 'iptables-full',
  how: 'A lab of one node: from objects that are in its store to rules in the kernel, through view, proxy and plan, by the functions that the controller calls; in turn with `iptables-legacy-restore` of the ready-made text from a file into another fresh namespace.',
  run: async (context) => {
    const services = manyServices(context.quick);
    const rounds = context.quick ? 2 : 7;
    const { full } = await measureSync(context, { mode: 'iptables', services, what: 'full', rounds });
    return {
      rows: [
        {
          what: `iptables, full sync at ${services.toLocaleString('en-US')} × ${endpointsPerService}`,
          unit: 'ms',
          values: full.svclab,
          beside: { what: '`iptables-legacy-restore`', values: full.loader },
          reach: atMost(1.25),
        },
      ],
    };
  },
};
