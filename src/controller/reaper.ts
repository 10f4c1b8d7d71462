import { peekZombie, reap } from '../kernel/libc.ts';

/** How long a child that has ended may wait for Node to notice it itself, in milliseconds. */
const patience = 500;

/**
 * The first process of a pid namespace inherits orphans; this reaps them when they end. Children that Node started are
 * left to Node, which reaps them at once: only what is still there after a while is an orphan.
 */
export function startReaper(): void {
  let suspect: number | undefined;
  setInterval(() => {
    const zombie = peekZombie();
    if (zombie !== undefined && zombie === suspect) {
      reap(zombie);
      suspect = peekZombie();
    } else suspect = zombie;
  }, patience).unref();
}
