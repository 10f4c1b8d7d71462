import type { PredictedWay } from '../model/predict.ts';
import type { Outcome, Prediction } from '../model/types.ts';
import type { NatRecord, TraceComparison, TracedPacket, TraceHop, TraceOutcome } from './types.ts';

/** Where the request came to, and from whom, as its last hop saw it: after all translation. */
function arrival(
  request: readonly TraceHop[],
  nat: readonly NatRecord[],
): { source: string; destination: string } | undefined {
  const last = request.at(-1);
  const record = nat.find(({ where }) => where === last?.where);
  if (record !== undefined) return { source: record.newSource, destination: record.newDestination };
  return last?.events.filter((event): event is TracedPacket => event.event === 'packet').at(-1);
}

function addressOf(socket: string): string {
  return (
    /^\[(.*)\]:\d+$/.exec(socket)?.[1] ??
    (/^[^:]*:\d+$/.test(socket) ? socket.slice(0, socket.lastIndexOf(':')) : socket)
  );
}

/** What became of the connection: who answered is told by where its first packet came to. */
export function seenOutcome(
  outcome: Outcome,
  request: readonly TraceHop[],
  nat: readonly NatRecord[],
  podAt: (ip: string) => string | undefined,
): TraceOutcome {
  const end = outcome === 'delivered' ? arrival(request, nat) : undefined;
  if (end === undefined) return { outcome };
  const pod = podAt(addressOf(end.destination));
  return {
    outcome,
    endpoint: end.destination,
    source: addressOf(end.source),
    ...(pod === undefined ? {} : { pod }),
  };
}

/** The underlay between nodes is left out: a prediction tells of it only where the router decides. */
function withoutRepeats(places: readonly string[]): string[] {
  return places.filter((place) => place !== 'fabric').filter((place, at, rest) => place !== rest[at - 1]);
}

function placesOf({ steps, outcome, pod }: PredictedWay, isNode: (name: string) => boolean): string[] {
  const told = steps.map(({ where }) => (isNode(where) ? `node/${where}` : where));
  return withoutRepeats(outcome === 'delivered' && pod !== undefined ? [...told, `pod/${pod}`] : told);
}

function key({ outcome, endpoint, source }: TraceOutcome): string {
  return [outcome, endpoint, source].join(' ');
}

function list(values: readonly (string | undefined)[]): string {
  const texts = [...new Set(values.map((value) => value ?? '-'))];
  return texts.length <= 3 ? texts.join(' or ') : `${texts.slice(0, 2).join(' or ')} or ${texts.length - 2} more`;
}

/** What is compared with what. */
export interface CompareInput {
  readonly seen: TraceOutcome;
  readonly request: readonly TraceHop[];
  readonly predicted: readonly Prediction[];
  readonly ways: readonly PredictedWay[];
  /** Whether a name of a step is a node's. */
  readonly isNode: (name: string) => boolean;
}

/**
 * The prediction beside what was seen: outcome, endpoint, source and the places on the way. Of several predictions the
 * one that came true counts; the places are those of its own way.
 */
export function compareTrace({ seen, request, predicted, ways, isNode }: CompareInput): readonly TraceComparison[] {
  const outcomes = predicted.filter(({ outcome }) => outcome === seen.outcome);
  const ends = outcomes.filter(({ endpoint }) => endpoint === seen.endpoint);
  const line = (what: string, wanted: readonly (string | undefined)[], got: string | undefined): TraceComparison => ({
    what,
    predicted: list(wanted),
    seen: got ?? '-',
    agrees: wanted.includes(got),
  });
  const some = <T>(narrow: readonly T[], wide: readonly T[]) => (narrow.length > 0 ? narrow : wide);
  const chosen = ways.filter((way) => key(way) === key(seen));
  const walked = withoutRepeats(request.map(({ where }) => where)).join(' → ');
  const arrived = [
    line(
      'endpoint',
      some(outcomes, predicted).map(({ endpoint }) => endpoint),
      seen.endpoint,
    ),
    line(
      'source',
      some(ends, predicted).map(({ source }) => source),
      seen.source,
    ),
  ];
  return [
    line(
      'outcome',
      predicted.map(({ outcome }) => outcome),
      seen.outcome,
    ),
    ...(seen.outcome === 'delivered' || predicted.some(({ outcome }) => outcome === 'delivered') ? arrived : []),
    line(
      'way',
      some(chosen, ways).map((way) => placesOf(way, isNode).join(' → ')),
      walked,
    ),
  ];
}
