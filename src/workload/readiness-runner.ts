import type { ChildProcess } from 'node:child_process';
import type { Container, Probe } from '../kinds/types.ts';
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

/**
 * Makes a probe again and again, at its initial delay and period, and tells each time its verdict turns. Returns what
 * stops it. `check` is checkProbe for the container.
 */
export function watchProbe(
  kind: ProbeKind,
  probe: Probe,
  check: () => Promise<boolean>,
  onChange: (passing: boolean) => void,
): () => void {
  let state: ProbeState = initialProbeState(kind);
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  const round = async (): Promise<void> => {
    const startedAt = performance.now();
    const success = await check();
    if (stopped) return;
    const before = state.passing;
    state = afterResult(state, probe, success);
    if (state.passing !== before) onChange(state.passing);
    const spentMs = performance.now() - startedAt;
    if (!stopped) timer = setTimeout(round, Math.max(0, probe.periodSeconds * 1000 - spentMs));
  };
  timer = setTimeout(round, probe.initialDelaySeconds * 1000);
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
