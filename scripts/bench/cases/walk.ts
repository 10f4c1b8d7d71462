import { fileURLToPath } from 'node:url';
import { type BenchMode, endpointsPerService } from '../cluster.ts';
import { manyServices } from '../sync.ts';
import type { Bench, Row } from '../types.ts';
import { runWorker } from '../worker.ts';
import type { WalkReply, WalkTask } from './walk-worker.ts';

/** What reading the rules of a large cluster and walking packets through them takes. */
export const walkRules: Bench = {
  name: 'walk',
  how: 'In a process of its own: the dump of one node is parsed, then 1,000 connections to different Services are walked, half from a Pod and half from the node. Wall-clock time; memory is the greatest resident set of the process after both.',
  run: async ({ quick, tell }) => {
    const services = manyServices(quick);
    const program = fileURLToPath(new URL('./walk-worker.ts', import.meta.url));
    const size = `${services.toLocaleString('en-US')} × ${endpointsPerService}`;
    const rows: Row[] = [];
    for (const mode of ['iptables'] satisfies BenchMode[]) {
      const input: WalkTask = { mode, services, rounds: quick ? 2 : 5 };
      const { parse, walks, megabytes } = await runWorker<WalkReply>({ program, input, tell });
      rows.push(
        {
          what: `parse the dump of ${size}, ${mode}`,
          unit: 'ms',
          values: parse,
          reach: { of: 'value', sense: 'at most', limit: 1000 },
        },
        {
          what: 'walks through it',
          unit: 'a second',
          values: walks,
          reach: { of: 'value', sense: 'at least', limit: 1000 },
        },
        {
          what: 'memory of the process that does both',
          unit: 'MB',
          values: [megabytes],
          reach: { of: 'value', sense: 'at most', limit: 400 },
        },
      );
    }
    return { rows };
  },
};
