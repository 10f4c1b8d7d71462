import { fileURLToPath } from 'node:url';
import type { Bench } from '../types.ts';
import { runWorker } from '../worker.ts';
import type { ProbeFigures, ProbeTask } from './probes-worker.ts';

/** How many connections a second the in-process prober makes. */
export const probes: Bench = {
  name: 'probes',
  how: 'Connections from one network namespace to a server of the helper process in another, over a veth pair, with the prober that lives in the controller: 128 at a time, each answer read and checked.',
  run: async ({ quick, tell }) => {
    const input: ProbeTask = { connections: quick ? 480 : 4800, rounds: quick ? 2 : 7 };
    const program = fileURLToPath(new URL('./probes-worker.ts', import.meta.url));
    const { tcp, http, udp } = await runWorker<ProbeFigures>({ program, input, tell });
    const reach = { of: 'value', sense: 'at least', limit: 2000 } as const;
    return {
      rows: [
        { what: 'probes, HTTP', unit: 'a second', values: http, reach },
        { what: 'probes, TCP', unit: 'a second', values: tcp, reach },
        { what: 'probes, UDP', unit: 'a second', values: udp, reach },
      ],
    };
  },
};
