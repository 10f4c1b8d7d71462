import { LabError } from '../errors.ts';
import type { Lab } from './lab.ts';
import { waitingFor } from './status.ts';

/** Resolves when every node and Pod is ready and all rules are in. Throws `timeout`, naming what it still waits for. */
export async function waitUntilReady(lab: Lab, milliseconds: number, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + milliseconds;
  for (;;) {
    const waiting = waitingFor(lab);
    if (waiting.length === 0 || signal.aborted) return;
    const left = deadline - performance.now();
    if (left <= 0) throw notReady(waiting);
    await Promise.race([lab.nextIdle(), sleep(Math.min(left, 250))]);
  }
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
}

function notReady(waiting: readonly string[]): LabError {
  const more = waiting.length > 3 ? ` and ${waiting.length - 3} more` : '';
  return new LabError('timeout', `the lab is not ready: waiting for ${waiting.slice(0, 3).join('; ')}${more}`, {
    hint: 'See `svclab status` and `svclab get pods -A`, or give it more time with --timeout.',
  });
}
