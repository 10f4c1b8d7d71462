import type { Probe } from '../kinds/types/container.ts';

/** What a probe is for. */
export type ProbeKind = 'readiness' | 'liveness' | 'startup';

/** A probe's verdict and how many equal results in a row led to it or may change it. */
export interface ProbeState {
  readonly passing: boolean;
  readonly successes: number;
  readonly failures: number;
}

/** Before the first result: not ready, alive, not started up. */
export function initialProbeState(kind: ProbeKind): ProbeState {
  return { passing: kind === 'liveness', successes: 0, failures: 0 };
}

/** The state after one more result: the verdict turns when a threshold of equal results in a row is reached. */
export function afterResult(state: ProbeState, probe: Probe, success: boolean): ProbeState {
  const successes = success ? state.successes + 1 : 0;
  const failures = success ? 0 : state.failures + 1;
  if (success) return { passing: state.passing || successes >= probe.successThreshold, successes, failures };
  return { passing: state.passing && failures < probe.failureThreshold, successes, failures };
}

/** Number of the port that the probe of a container means, or undefined when it names none that exists. */
export function probePort(
  port: number | string,
  ports: readonly { readonly name?: string; readonly containerPort: number }[],
): number | undefined {
  if (typeof port === 'number') return port;
  if (/^\d+$/.test(port)) return Number(port);
  return ports.find(({ name }) => name === port)?.containerPort;
}
