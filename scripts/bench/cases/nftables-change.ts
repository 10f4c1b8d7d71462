import { endpointsPerService } from '../cluster.ts';
import { atMost, manyServices, measureSync } from '../sync.ts';
import type { SyncFigures } from '../sync-worker.ts';
import type { Bench, Row } from '../types.ts';

/** Two rows: against the bare loader, and against the clock. */
function rowsOf(what: string, { svclab, loader }: SyncFigures): readonly Row[] {
  const beside = { what: '`nft -f`', values: loader };
  return [
    { what, unit: 'ms', values: svclab, beside, reach: atMost(1.5) },
    {
      what: 'the same, against the clock',
      unit: 'ms',
      values: svclab,
      reach: { of: 'value', sense: 'at most', limit: 100 },
    },
  ];
}

/** Small changes of many rules in nftables mode against the bare loader. */
export const nftablesChange: Bench = {
  name: 'nftables-change',
  how: 'As `iptables-change`, in turn with `nft -f` of only such a change.',
  run: async (context) => {
    const services = manyServices(context.quick);
    const rounds = context.quick ? 3 : 15;
    const { service, endpoint } = await measureSync(context, { mode: 'nftables', services, what: 'change', rounds });
    const size = `${services.toLocaleString('en-US')} × ${endpointsPerService}`;
    return {
      rows: [
        ...rowsOf(`nftables, one Service more at ${size}`, service),
        ...rowsOf(`nftables, one endpoint changed at ${size}`, endpoint),
      ],
    };
  },
};
