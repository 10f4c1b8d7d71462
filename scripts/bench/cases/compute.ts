import { fileURLToPath } from 'node:url';
import { type BenchMode, endpointsPerService } from '../cluster.ts';
import { manyServices } from '../sync.ts';
import type { Bench, Row } from '../types.ts';
import { runWorker } from '../worker.ts';
import type { ComputeReply, ComputeTask } from './compute-worker.ts';

/** What computing the rules of a large cluster takes of the processor and of memory. */
export const compute: Bench = {
  name: 'compute',
  how: 'In a process of its own that holds only Services and EndpointSlices: the rules of one node from nothing, as values and then as text for the loader. Processor time of all threads (collecting garbage is part of it), by tinybench after a warm-up; memory is the greatest resident set of the process when it has done both once.',
  run: async ({ quick, tell }) => {
    const services = manyServices(quick);
    const program = fileURLToPath(new URL('./compute-worker.ts', import.meta.url));
    const size = `${services.toLocaleString('en-US')} × ${endpointsPerService}`;
    const rows: Row[] = [];
    for (const mode of ['iptables', 'nftables'] satisfies BenchMode[]) {
      const input: ComputeTask = { mode, services, rounds: quick ? 3 : 15 };
      const { rules, text, megabytes } = await runWorker<ComputeReply>({ program, input, tell });
      const cpu = { of: 'value', sense: 'at most', limit: 150 } as const;
      rows.push(
        { what: `compute the rules of ${size}, ${mode}`, unit: 'CPU ms', values: rules, reach: cpu },
        { what: 'the text of it for the loader', unit: 'CPU ms', values: text },
        {
          what: 'memory of the process that does both',
          unit: 'MB',
          values: [megabytes],
          reach: { of: 'value', sense: 'at most', limit: 300 },
        },
      );
    }
    return { rows };
  },
};
