import type { ExplainedConnection } from '../api/types.ts';
import type { Outcome, Prediction } from '../model/types.ts';
import { describeResult } from '../verify/describe.ts';
import { matchesPod, podComplaint } from './pod-patterns.ts';

/** What a scenario's author says of a connection; what is absent is not looked at. */
export interface Expected {
  readonly outcome: Outcome;
  /** The Pods among which it is shared, each by a pattern. */
  readonly pods?: readonly string[];
  /** Shares of the Pods, by pattern, in place of `pods`. */
  readonly shares?: ReadonlyMap<string, number>;
  readonly endpoints?: readonly string[];
  readonly nodes?: readonly string[];
  /** Addresses of which the endpoint sees one. */
  readonly sources?: readonly string[];
}

const tolerance = 1e-9;

function difference(what: string, found: readonly string[], wanted: readonly string[]): string | undefined {
  const [a, b] = [[...new Set(found)].sort(), [...wanted].sort()];
  if (a.join(' ') === b.join(' ')) return undefined;
  return `${what} ${a.join(', ') || 'nothing'} instead of ${b.join(', ')}`;
}

function shareComplaint(predicted: readonly Prediction[], shares: ReadonlyMap<string, number>): string | undefined {
  for (const [pattern, share] of shares) {
    const own = predicted.filter(({ pod }) => pod !== undefined && matchesPod(pattern, pod));
    const sum = own.reduce((all, { probability }) => all + probability, 0);
    if (Math.abs(sum - share) > tolerance) return `${pattern} gets ${sum.toFixed(4)} instead of ${share.toFixed(4)}`;
  }
  return undefined;
}

function texts<K extends 'pod' | 'endpoint' | 'node'>(predicted: readonly Prediction[], field: K): string[] {
  return [...new Set(predicted.flatMap((one) => one[field] ?? []))];
}

function deliveredComplaint(expected: Expected, predicted: readonly Prediction[]): string | undefined {
  const { pods, shares, endpoints, nodes, sources } = expected;
  const patterns = pods ?? (shares === undefined ? undefined : [...shares.keys()]);
  const stray = predicted.find(({ source }) => sources !== undefined && !sources.includes(source ?? ''));
  return (
    (patterns === undefined ? undefined : podComplaint(patterns, texts(predicted, 'pod'))) ??
    (shares === undefined ? undefined : shareComplaint(predicted, shares)) ??
    (endpoints === undefined ? undefined : difference('endpoints', texts(predicted, 'endpoint'), endpoints)) ??
    (nodes === undefined ? undefined : difference('nodes', texts(predicted, 'node'), nodes)) ??
    (stray === undefined
      ? undefined
      : `${stray.endpoint} sees ${stray.source} instead of ${(sources ?? []).join(' or ') || 'nobody'}`)
  );
}

/** What differs between the author's words and the prediction, in a few words. */
export function predictionComplaint(expected: Expected, { predicted }: ExplainedConnection): string | undefined {
  const other = predicted.find(({ outcome }) => outcome !== expected.outcome);
  if (other !== undefined) return `${describeResult(other)} instead of ${expected.outcome}`;
  return deliveredComplaint(expected, predicted);
}
