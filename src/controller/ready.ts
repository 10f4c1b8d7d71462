import { LabError } from '../errors.ts';
import type { Lab } from './lab.ts';
import { waitingFor } from './status.ts';

/** Resolves when every node and Pod is ready and all rules are in. Throws `timeout`, naming what it still waits for. */
export function waitUntilReady(lab: Lab, milliseconds: number, signal: AbortSignal): Promise<void> {
  return waitUntilNothing(lab, () => waitingFor(lab), milliseconds, signal);
}

/** Resolves when every change so far is in the kernel, whether Pods are ready or not. Throws `timeout`. */
export function waitUntilSettled(lab: Lab, milliseconds: number, signal: AbortSignal): Promise<void> {
  return waitUntilNothing(lab, () => (lab.idle ? [] : ['rules and links']), milliseconds, signal);
}

/** Milliseconds that an answer waits for changes that are on their way into the kernel. */
const longestSettling = 5_000;

/** Milliseconds between two looks at servers that start or end: they take about one. */
const lookAgain = 5;

/**
 * Resolves when the changes so far are in the kernel and the built-in servers that they start or end have done so, so
 * that what is asked next meets them; at once when bringing them there fails, and at the latest after 5 s.
 */
export async function settle(lab: Lab): Promise<void> {
  const deadline = performance.now() + longestSettling;
  while (!(lab.idle && lab.kubelet.idle) && lab.problem === undefined && performance.now() < deadline) {
    await Promise.race([lab.nextIdle(), sleep(lookAgain)]);
  }
}

async function waitUntilNothing(
  lab: Lab,
  left: () => readonly string[],
  milliseconds: number,
  signal: AbortSignal,
): Promise<void> {
  const deadline = performance.now() + milliseconds;
  for (;;) {
    const waiting = left();
    if (waiting.length === 0 || signal.aborted) return;
    const remaining = deadline - performance.now();
    if (remaining <= 0) throw notReady(waiting);
    await Promise.race([lab.nextIdle(), sleep(Math.min(remaining, 250))]);
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
