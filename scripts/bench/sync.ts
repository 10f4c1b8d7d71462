import { fileURLToPath } from 'node:url';
import type { SyncFigures, SyncReply, SyncTask } from './sync-worker.ts';
import type { BenchContext, Reach } from './types.ts';
import { runWorker } from './worker.ts';

/** Services of the large clusters that are measured. */
export function manyServices(quick: boolean): number {
  return quick ? 1000 : 10_000;
}

const none: SyncFigures = { svclab: [], loader: [] };

/** Measures syncs in a worker; what was not asked for has no values. */
export async function measureSync({ tell }: BenchContext, input: SyncTask): Promise<Required<SyncReply>> {
  const program = fileURLToPath(new URL('./sync-worker.ts', import.meta.url));
  return { full: none, service: none, endpoint: none, ...(await runWorker<SyncReply>({ program, input, tell })) };
}

/** `at most LIMIT ×` of what it is compared with. */
export function atMost(limit: number): Reach {
  return { of: 'ratio', sense: 'at most', limit };
}
