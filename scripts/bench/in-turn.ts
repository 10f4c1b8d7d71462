import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** One way of doing something; gives what was measured. */
export type Way = () => Promise<number>;

const longestWait = 10_000;

/** Whether a thread of the kernel is taking network namespaces apart. */
function isDismantling(): boolean {
  return readdirSync('/proc').some((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return /^\d+ \(kworker\/.*netns\) [RD]/.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
    } catch {
      return false;
    }
  });
}

/**
 * Waits until the kernel has taken ended network namespaces apart, which goes on for a while after their last process
 * is gone and would be counted against whatever is measured next. Gives up after 10 s.
 */
async function settle(): Promise<void> {
  const deadline = performance.now() + longestWait;
  let quiet = 0;
  while (quiet < 4 && performance.now() < deadline) {
    await sleep(50);
    quiet = isDismantling() ? 0 : quiet + 1;
  }
}

/** Measures the ways in turn, A B A B, with a pause of the kernel before each. A first round is thrown away when asked. A way that is undefined gives no values. */
export async function inTurn<K extends string>(
  ways: Readonly<Record<K, Way | undefined>>,
  { rounds, warmUp = false }: { readonly rounds: number; readonly warmUp?: boolean },
): Promise<Readonly<Record<K, readonly number[]>>> {
  const entries = Object.entries<Way | undefined>(ways);
  const found = Object.fromEntries(entries.map(([name]) => [name, [] as number[]])) as Record<K, number[]>;
  for (let round = warmUp ? -1 : 0; round < rounds; round++) {
    for (const [name, way] of entries) {
      if (way === undefined) continue;
      await settle();
      const value = await way();
      if (round >= 0) found[name as K].push(value);
    }
  }
  return found;
}
