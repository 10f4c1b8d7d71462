import { peekZombie, reap } from '../kernel/libc.ts';

/** Milliseconds between two looks. */
const period = 500;

/**
 * The first process of a pid namespace inherits orphans; this reaps them when they end. Children that Node started are
 * left to Node, which reaps them as soon as its event loop turns: what is still there two turns later is an orphan.
 */
export function startReaper(): void {
  setInterval(reapOrphans, period).unref();
}

function reapOrphans(): void {
  const zombie = peekZombie();
  if (zombie === undefined) return;
  setImmediate(() =>
    setImmediate(() => {
      if (peekZombie() === zombie) reap(zombie);
      reapOrphans();
    }),
  );
}
