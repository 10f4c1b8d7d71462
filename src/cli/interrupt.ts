import { constants } from 'node:os';

const endings = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs work that has to clean up after itself: the first SIGINT, SIGTERM or SIGHUP aborts the signal that the work is
 * given, and when it has ended, the process ends with 128 plus the number of what came (130 for Ctrl-C). Signals that
 * come when the work has succeeded change nothing any more: the process is about to end.
 */
export async function endOnSignals<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  let ending: (typeof endings)[number] | undefined;
  const onSignal = (name: NodeJS.Signals) => {
    ending ??= endings.find((one) => one === name);
    controller.abort();
  };
  for (const name of endings) process.on(name, onSignal);
  try {
    return await work(controller.signal);
  } catch (error) {
    if (ending !== undefined) process.exit(128 + constants.signals[ending]);
    for (const name of endings) process.off(name, onSignal);
    throw error;
  }
}
