import type {
  ConnectEvent,
  ConnectRequest,
  ExecTarget,
  ExplainedConnection,
  VerifyEvent,
  VerifyReport,
  VerifyRequest,
} from '../api/types.ts';
import { errorToJSON, toLabError } from '../errors.ts';
import { netnsPath } from '../kernel/netns.ts';
import type { Pod } from '../kinds/types/pod.ts';
import { nameService } from '../lab/name-service.ts';
import { predictName } from '../model/lookup/predict-name.ts';
import type { NameService } from '../model/lookup/types.ts';
import { predict } from '../model/predict.ts';
import { formatFrom, formatTo, parseDestination, parseFrom } from '../model/target.ts';
import { podIPs } from '../model/topology.ts';
import type { Explanation, From, NamedTo, To } from '../model/types.ts';
import { targetOf } from '../plan/names.ts';
import { probeAll } from '../probe/registry.ts';
import type { ProbeAnswer, ProbeContext } from '../probe/types.ts';
import { tally } from '../verify/compare.ts';
import { connectionsToTry } from '../verify/connections.ts';
import { judge } from '../verify/judge.ts';
import { runVerify, type VerifyProbe } from '../verify/run.ts';
import type { Lab } from './lab.ts';
import { execTarget } from './targets.ts';

/** Milliseconds after which a connection counts as dropped. A missing neighbour is reported after 3 s. */
const timeoutMs = 4_000;

/** The predicted outcome of one connection, and why. Throws `not-found`, `usage`. */
export function explain(lab: Lab, request: ConnectRequest): ExplainedConnection {
  const { from, to } = parse(lab, request);
  const { predicted, steps } = predictorOf(lab)(from, to);
  return { from: formatFrom(from), to: formatTo(to), predicted, steps };
}

/** Connects for real, one connection after the other, and compares with the prediction. */
export async function* connect(lab: Lab, request: ConnectRequest): AsyncGenerator<ConnectEvent> {
  const { from, to } = parse(lab, request);
  const explanation = predictorOf(lab)(from, to);
  const answers: ProbeAnswer[] = [];
  for (let i = 0; i < (request.count ?? 1); i++) {
    const [answer] = await probe(lab, [{ from, to, timeoutMs }], true);
    if (answer === undefined) continue;
    answers.push(answer);
    yield answerEvent(answer);
  }
  yield { event: 'done', connection: judge({ from, to, explanation, answers }) };
}

function answerEvent(answer: ProbeAnswer): ConnectEvent {
  const [observation] = tally([answer]);
  const { outcome, milliseconds, status, body, message } = answer;
  return {
    event: 'answer',
    observation: observation ?? { outcome, count: 1 },
    milliseconds,
    ...(status === undefined ? {} : { status }),
    ...(body === undefined ? {} : { body }),
    ...(message === undefined ? {} : { message }),
  };
}

/** Tries every kind of client and way in, and compares with the prediction. */
export async function* verify(lab: Lab, request: VerifyRequest): AsyncGenerator<VerifyEvent> {
  const queue: VerifyEvent[] = [];
  let wake = () => {};
  const { view } = lab;
  const started = Date.now();
  const tries = connectionsToTry(view, request);
  const running = runVerify({
    view,
    tries,
    predict: predictorOf(lab),
    probe: (requests) => probe(lab, requests),
    ...(request.timeout === undefined ? {} : { timeoutMs: request.timeout }),
    ...(request.failFast === undefined ? {} : { failFast: request.failFast }),
    onProgress: (done, total) => {
      queue.push({ event: 'progress', done, total });
      wake();
    },
  }).then(
    (report) => queue.push({ event: 'done', report: { ...report, ...repairedSince(lab, started) } }),
    (error) => queue.push({ event: 'error', error: errorToJSON(toLabError(error)) }),
  );
  let over = false;
  void running.finally(() => {
    over = true;
    wake();
  });
  while (!over || queue.length > 0) {
    const event = queue.shift();
    if (event !== undefined) yield event;
    else
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
  }
}

/** Where drift was repaired since then; nothing where it was nowhere. */
function repairedSince(lab: Lab, since: number): Pick<VerifyReport, 'repaired'> {
  const repaired = [...lab.repairedAt].filter(([, at]) => at >= since).map(([netns]) => targetOf(netns));
  return repaired.length === 0 ? {} : { repaired };
}

function parse(lab: Lab, request: ConnectRequest): { from: From; to: To | NamedTo } {
  const from = parseFrom(request.from, lab.view);
  return { from, to: parseDestination(request.to, lab.view, from) };
}

/** Predictions of the lab as it is now; its names are put together when the first one is asked for. */
function predictorOf({ view, desired, store }: Lab): (from: From, to: To | NamedTo) => Explanation {
  let names: NameService | undefined;
  return (from, to) => {
    if ('address' in to) return predict(view, from, to);
    names ??= nameService(view, desired, store.list('Namespace'));
    return predictName(view, from, to, names);
  };
}

function probe(lab: Lab, requests: readonly VerifyProbe[], bodies = false): Promise<readonly ProbeAnswer[]> {
  const places = new Map<From, ExecTarget>();
  const located = requests.map((request) => {
    const place = places.get(request.from) ?? execTarget(lab, formatFrom(request.from));
    places.set(request.from, place);
    return { ...request, place, netns: place.netns };
  });
  return probeAll(located, probeContext(lab, bodies));
}

function probeContext(lab: Lab, bodies: boolean): ProbeContext {
  const pods = new Map<string, Pod['metadata']>(
    lab.view.pods
      .filter((pod) => !pod.spec.hostNetwork)
      .flatMap((pod) => podIPs(pod).map((ip) => [ip, pod.metadata] as const)),
  );
  return {
    ...(bodies ? { bodyDirectory: '/run/svclab' } : {}),
    nodes: lab.view.nodes.map(({ name }) => ({ name, netns: netnsPath(name) })),
    podByIP: (ip) => {
      const metadata = pods.get(ip);
      return metadata === undefined ? undefined : `${metadata.namespace}/${metadata.name}`;
    },
  };
}
