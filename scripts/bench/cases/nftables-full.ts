import { endpointsPerService } from '../cluster.ts';
import { atMost, manyServices, measureSync } from '../sync.ts';
import type { Bench } from '../types.ts';

/** A full sync in nftables mode against the bare loader. */
export const nftablesFull: Bench = {
  name: 'nftables-full',
  how: 'As `iptables-full`, in turn with `nft -f` of the whole listing in one piece.',
  run: async (context) => {
    const services = manyServices(context.quick);
    const rounds = context.quick ? 2 : 3;
    const { full } = await measureSync(context, { mode: 'nftables', services, what: 'full', rounds });
    return {
      rows: [
        {
          what: `nftables, full sync at ${services.toLocaleString('en-US')} × ${endpointsPerService}`,
          unit: 'ms',
          values: full.svclab,
          beside: { what: '`nft -f`', values: full.loader },
          reach: atMost(0.9),
        },
      ],
    };
  },
};
