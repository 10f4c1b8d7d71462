const firstMs = 10_000;
const longestMs = 300_000;
const steadyMs = 600_000;

/**
 * How long kubelet waits before it starts a container again, in milliseconds: not at all the first time, then 10 s,
 * twice as long each time, at most 300 s; anew after a run of 10 minutes. `previousMs` is the last wait, undefined when
 * there was none. Source: kubelet's CrashLoopBackOff.
 */
export function restartDelay(previousMs: number | undefined, ranMs: number): number {
  if (previousMs === undefined || ranMs >= steadyMs) return 0;
  return previousMs === 0 ? firstMs : Math.min(previousMs * 2, longestMs);
}
