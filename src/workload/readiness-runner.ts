import type { ChildProcess } from 'node:child_process';
import type { Container, Probe } from '../kinds/types/container.ts';
import { tryParseIP } from '../net/address.ts';
import { tryConnect } from '../probe/connect.ts';
import { probeOnce } from '../probe/prober.ts';
import { afterResult, initialProbeState, type ProbeKind, type ProbeState, probePort } from './readiness.ts';
import { exited, signalGroup } from './spawn.ts';

export interface ProbeSurroundings {
  readonly container: Container;
  /** Path of the node's network namespace, where kubelet connects from. */
  readonly nodeNetns: string;
  readonly podIP: string;
  /** Starts a program in the container. */
  readonly exec: (argv: readonly string[]) => ChildProcess;
}

async function checkExec(argv: readonly string[], timeoutMs: number, { exec }: ProbeSurroundings): Promise<boolean> {
  const child = exec(argv);
  child.stdout?.resume();
  child.stderr?.resume();
  const limit = setTimeout(signalGroup, timeoutMs, child, 'SIGKILL');
  const code = await exited(child);
  clearTimeout(limit);
  return code === 0;
}

async function checkHttp(action: NonNullable<Probe['httpGet']>, timeoutMs: number, around: ProbeSurroundings) {
  const address = tryParseIP(action.host ?? around.podIP);
  const port = probePort(action.port, around.container.ports ?? []);
  if (address === undefined || port === undefined) return false;
  if (action.scheme?.toUpperCase() === 'HTTPS') {
    return (await tryConnect({ netns: around.nodeNetns, address, port, timeoutMs })) === 'delivered';
  }
  const { status = 0 } = await probeOnce({
    from: { kind: 'node', name: '' },
    to: { scheme: 'http', address, port, path: action.path ?? '/' },
    netns: around.nodeNetns,
    timeoutMs,
  });
  return status >= 200 && status < 400;
}

async function checkTcp(action: NonNullable<Probe['tcpSocket']>, timeoutMs: number, around: ProbeSurroundings) {
  const address = tryParseIP(action.host ?? around.podIP);
  const port = probePort(action.port, around.container.ports ?? []);
  if (address === undefined || port === undefined) return false;
  return (await tryConnect({ netns: around.nodeNetns, address, port, timeoutMs })) === 'delivered';
}

/**
 * Makes a container's probe once. httpGet (status 200 to 399) and tcpSocket connect from the node, exec runs in the
 * container; HTTPS is checked as far as the TCP connection. A probe that cannot be made has failed.
 */
export async function checkProbe(probe: Probe, around: ProbeSurroundings): Promise<boolean> {
  const timeoutMs = probe.timeoutSeconds * 1000;
  try {
    if (probe.exec !== undefined) return await checkExec(probe.exec.command, timeoutMs, around);
    if (probe.httpGet !== undefined) return await checkHttp(probe.httpGet, timeoutMs, around);
    return probe.tcpSocket !== undefined && (await checkTcp(probe.tcpSocket, timeoutMs, around));
  } catch {
    return false;
  }
}

/** A probe that is made again and again. */
export interface Watch {
  readonly kind: ProbeKind;
  readonly probe: Probe;
  /** How long the container has run already, in milliseconds: it counts against the initial delay. */
  readonly ranMs?: number;
  /** checkProbe for the container. */
  readonly check: () => Promise<boolean>;
  /** The verdict has turned. */
  readonly onVerdict: (passing: boolean) => void;
  /** As many failures in a row as the threshold allows, from the start or since the last success. */
  readonly onFailure?: () => void;
}

/** Makes a probe at its initial delay and then each period. Returns what stops it. */
export function watchProbe({ kind, probe, ranMs = 0, check, onVerdict, onFailure }: Watch): () => void {
  let state: ProbeState = initialProbeState(kind);
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  const round = async (): Promise<void> => {
    const startedAt = performance.now();
    const success = await check();
    if (stopped) return;
    const before = state.passing;
    state = afterResult(state, probe, success);
    if (state.passing !== before) onVerdict(state.passing);
    if (state.failures === probe.failureThreshold) onFailure?.();
    const spentMs = performance.now() - startedAt;
    if (!stopped) timer = setTimeout(round, Math.max(0, probe.periodSeconds * 1000 - spentMs));
  };
  timer = setTimeout(round, Math.max(0, probe.initialDelaySeconds * 1000 - ranMs));
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
