import { setTimeout as sleep } from 'node:timers/promises';
import { LabError } from '../errors.ts';
import { Mismatch } from './mismatch.ts';

/** Milliseconds that a lab gets to come to a state; generous, since machines can be slow. */
export const patience = 120_000;

const longestPause = 500;

/**
 * Asks again and again until there is no complaint. Throws a Mismatch with the last complaint when patience is over.
 * What is not found yet is a complaint, too.
 */
export async function untilContent(complaint: () => Promise<string | undefined>, pause = 20): Promise<void> {
  const deadline = performance.now() + patience;
  for (let wait = pause; ; wait = Math.max(pause, Math.min(longestPause, wait * 1.5))) {
    const words = await complaint().catch(notFound);
    if (words === undefined) return;
    if (performance.now() > deadline) throw new Mismatch(`${words} (waited for ${patience / 1000} s)`);
    await sleep(wait);
  }
}

function notFound(error: unknown): string {
  if (error instanceof LabError && error.code === 'not-found') return error.message;
  throw error;
}

/** Does the work for every item, a few at a time. */
export async function forEachOf<T>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const rest = [...items];
  const worker = async () => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
}
