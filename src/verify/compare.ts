import type { Observation, Prediction } from '../model/types.ts';
import type { ProbeAnswer } from '../probe/types.ts';
import { describeResult, listed } from './describe.ts';
import { pValue, type Share } from './statistics.ts';

/** What was seen of one connection beside what was predicted. */
export interface Comparison {
  /** Bound for the chance of seeing this if the prediction is right; 0 when something impossible was seen. */
  readonly pValue: number;
  /** Probabilities of the predicted outcomes that were not seen at all. */
  readonly unseen: readonly number[];
  /** Observations that the prediction rules out. */
  readonly impossible: readonly Observation[];
  /** What differs, in one sentence; for the strongest of the differences. */
  readonly difference?: string;
}

const fields = ['endpoint', 'pod', 'source'] as const;
type Field = (typeof fields)[number];
type Result = Pick<Observation, 'outcome' | Field>;

function keyOf(result: Result, visible: readonly Field[]): string {
  return [result.outcome, ...(result.outcome === 'delivered' ? visible.map((field) => result[field] ?? '') : [])].join(
    '|',
  );
}

/** Equal answers counted together, in order of their first appearance. */
export function tally(answers: readonly ProbeAnswer[]): readonly Observation[] {
  const byKey = Map.groupBy(answers, (answer) => keyOf(answer, fields));
  return [...byKey.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { outcome, endpoint, pod, source } = first;
    const known = {
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(pod === undefined ? {} : { pod }),
      ...(source === undefined ? {} : { source }),
    };
    return [{ outcome, ...(outcome === 'delivered' ? known : {}), count: group.length }];
  });
}

function differing(observed: Result, predicted: Prediction): readonly Field[] {
  if (observed.outcome !== 'delivered') return [];
  return fields.filter((field) => {
    const [seen, said] = [observed[field], predicted[field]];
    return seen !== undefined && said !== undefined && seen !== said;
  });
}

function fits(observed: Result, predicted: Prediction): boolean {
  return observed.outcome === predicted.outcome && differing(observed, predicted).length === 0;
}

/** Fields that every delivered answer told and every prediction of one has, so that shares can be counted by them. */
function visibleFields(predicted: readonly Prediction[], observed: readonly Observation[]): readonly Field[] {
  const delivered = [...predicted, ...observed].filter(({ outcome }) => outcome === 'delivered');
  return fields.filter((field) => delivered.every((result) => result[field] !== undefined));
}

interface Counted extends Share {
  readonly prediction: Prediction;
}

function counted(predicted: readonly Prediction[], observed: readonly Observation[]): readonly Counted[] {
  const visible = visibleFields(predicted, observed);
  const groups = Map.groupBy(predicted, (prediction) => keyOf(prediction, visible));
  return [...groups].flatMap(([key, group]) => {
    const [prediction] = group;
    if (prediction === undefined) return [];
    const probability = group.reduce((sum, one) => sum + one.probability, 0);
    const seen = observed.filter((one) => keyOf(one, visible) === key);
    return [{ prediction, probability, count: seen.reduce((sum, one) => sum + one.count, 0) }];
  });
}

function total(observed: readonly Observation[]): number {
  return observed.reduce((sum, { count }) => sum + count, 0);
}

function impossibleText(seen: Observation, predicted: readonly Prediction[], all: number): string {
  const times = all === 1 ? '' : ` ${seen.count} of ${all} times`;
  const sameOutcome = predicted.filter(({ outcome }) => outcome === seen.outcome);
  if (sameOutcome.length === 0) {
    return `Outcome: ${describeResult(seen)}${times}; predicted was ${listed(predicted.map(describeResult), 'or')}.`;
  }
  const rightPlace = sameOutcome.filter((one) => !differing(seen, one).some((field) => field !== 'source'));
  if (rightPlace.length > 0) {
    const sources = [...new Set(rightPlace.map(({ source }) => source ?? 'any'))];
    return `Source address: ${seen.endpoint ?? 'the endpoint'} saw ${seen.source}${times}; predicted was ${listed(sources, 'or')}.`;
  }
  const places = [
    ...new Set(sameOutcome.map(({ endpoint = '', pod }) => (pod === undefined ? endpoint : `${endpoint} (${pod})`))),
  ];
  return `Endpoint: ${describeResult(seen)} answered${times}; predicted was ${listed(places, 'or')}.`;
}

function shareText(shares: readonly Counted[], all: number): string {
  const off = (share: Counted) => pValue([share, { probability: 1 - share.probability, count: all - share.count }]);
  const worst = shares.reduce((a, b) => (off(b) < off(a) ? b : a));
  const said = `${(100 * worst.probability).toFixed(1)} %`;
  return `Share: ${describeResult(worst.prediction)} came up ${worst.count} times of ${all}; predicted was ${said}.`;
}

/**
 * Compares what was predicted with what was seen. Fields that an answer does not tell are not compared. The connections
 * must be independent of each other for the p-value to mean something: not so under session affinity.
 */
export function compare(predicted: readonly Prediction[], observed: readonly Observation[]): Comparison {
  const impossible = observed.filter((seen) => !predicted.some((one) => fits(seen, one)));
  const shares = counted(predicted, observed);
  const unseen = shares.filter(({ count }) => count === 0).map(({ probability }) => probability);
  const all = total(observed);
  const [worst] = [...impossible].sort((a, b) => b.count - a.count);
  if (worst !== undefined) return { pValue: 0, unseen, impossible, difference: impossibleText(worst, predicted, all) };
  const value = pValue(shares);
  return { pValue: value, unseen, impossible, ...(value < 1 ? { difference: shareText(shares, all) } : {}) };
}

/** Under session affinity: the sentence that says that the answers did not all come from one endpoint. */
export function strayed(observed: readonly Observation[]): string | undefined {
  const places = new Set(observed.flatMap(({ endpoint }) => endpoint ?? []));
  if (places.size < 2) return undefined;
  return `Session affinity: connections of one source went to ${listed([...places], 'and')}; predicted was one of them, always the same.`;
}

/** The probabilities that can be told apart once answers tell endpoint, Pod and source. */
export function distinguishable(predicted: readonly Prediction[]): readonly number[] {
  return counted(predicted, []).map(({ probability }) => probability);
}
