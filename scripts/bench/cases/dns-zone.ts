import { fileURLToPath } from 'node:url';
import { endpointsPerService } from '../cluster.ts';
import { manyServices } from '../sync.ts';
import type { Bench } from '../types.ts';
import { runWorker } from '../worker.ts';
import type { DnsZoneReply, DnsZoneTask } from './dns-zone-worker.ts';

/** What the names of a large cluster take of memory, and a change in them of time. */
export const dnsZone: Bench = {
  name: 'dns-zone',
  how: 'In a process of its own: how much the heap grows, after the garbage was collected, by the zone and by an answer in memory for every Service; and the time from one changed EndpointSlice to the first new answer, of a thousand changes a round.',
  run: async ({ quick, tell }) => {
    const services = manyServices(quick);
    const program = fileURLToPath(new URL('./dns-zone-worker.ts', import.meta.url));
    const input: DnsZoneTask = { services, rounds: quick ? 2 : 7 };
    const nodeOptions = ['--expose-gc'];
    const { megabytes, microseconds } = await runWorker<DnsZoneReply>({ program, input, tell, nodeOptions });
    const size = `${services.toLocaleString('en-US')} × ${endpointsPerService}`;
    return {
      rows: [
        {
          what: `DNS zone of ${size}`,
          unit: 'MB',
          values: [megabytes],
          reach: { of: 'value', sense: 'at most', limit: 100 },
        },
        {
          what: 'a change in it, until it is answered',
          unit: 'µs',
          values: microseconds,
          reach: { of: 'value', sense: 'at most', limit: 1000 },
        },
      ],
    };
  },
};
