import { fileURLToPath } from 'node:url';
import type { BenchMode } from '../cluster.ts';
import type { Bench, Row } from '../types.ts';
import { runWorker } from '../worker.ts';
import type { ChurnReply, ChurnTask } from './churn-worker.ts';

function rowsOf({ mode, services, segments, perSegment }: ChurnTask, found: ChurnReply): readonly Row[] {
  const size = services.toLocaleString('en-US');
  const [first = Number.NaN] = found.megabytes;
  const growth = (found.megabytes.at(-1) ?? Number.NaN) - first;
  return [
    {
      what: `${mode}, churn at ${size}, ten changes a second: a change until it is in the kernel`,
      unit: 'ms',
      values: found.milliseconds,
      note: `${segments * perSegment} changes in ${found.syncs} syncs`,
    },
    {
      what: 'rules that were wrong at one of the checks',
      unit: 'texts',
      values: [found.wrong],
      reach: { of: 'value', sense: 'at most', limit: 0 },
    },
    {
      what: `growth of the heap (${first.toFixed(0)} MB) between the first check and the last`,
      unit: 'MB',
      values: [growth],
      reach: { of: 'value', sense: 'at most', limit: 5 },
    },
  ];
}

/** Many changes, one after the other, for a minute. */
export const churn: Bench = {
  name: 'churn',
  how: 'A lab of one node gets ten changes a second for a minute: Services come, change their endpoints and go. The time of each until the end of the sync that takes it in; every ten seconds the kernel’s rules are dumped and compared with what is wanted, and the heap is measured after its garbage was collected.',
  run: async ({ quick, tell }) => {
    const program = fileURLToPath(new URL('./churn-worker.ts', import.meta.url));
    const rows: Row[] = [];
    for (const mode of ['iptables', 'nftables'] satisfies BenchMode[]) {
      const input: ChurnTask = quick
        ? { mode, services: 500, segments: 2, perSegment: 20 }
        : { mode, services: 5000, segments: 6, perSegment: 100 };
      const found = await runWorker<ChurnReply>({ program, input, tell, nodeOptions: ['--expose-gc'] });
      rows.push(...rowsOf(input, found));
    }
    return { rows };
  },
};
