import type { Connection, VerifyReport } from '../api/types.ts';
import type { ClusterView } from '../cluster/view.ts';
import { formatTo } from '../model/target.ts';
import type { Explanation, From, NamedTo, To } from '../model/types.ts';
import type { ProbeAnswer, ProbeRequest } from '../probe/types.ts';
import { compare, distinguishable, tally } from './compare.ts';
import type { Try } from './connections.ts';
import { leftOut } from './destinations.ts';
import { judge } from './judge.ts';
import { alarmBelow, firstLook, missedSuspiciously, secondLook, withinBudget } from './plan-samples.ts';
import { suspiciousTogether } from './pools.ts';
import { suspiciousBelow } from './statistics.ts';

/** A connection to make; the caller knows the network namespace that belongs to `from`. */
export type VerifyProbe = Omit<ProbeRequest, 'netns'>;

/** What a run of verify needs. */
export interface VerifyOptions {
  readonly view: ClusterView;
  readonly tries: readonly Try[];
  /** What will become of a connection. */
  readonly predict: (from: From, to: To | NamedTo) => Explanation;
  /** Makes all the connections, in parallel as it likes; answers come back in the order of the requests. */
  readonly probe: (requests: readonly VerifyProbe[]) => Promise<readonly ProbeAnswer[]>;
  /** Called with the number of connections made and, as far as known, to make. */
  readonly onProgress?: (done: number, total: number) => void;
  /** How long to wait for an answer, in milliseconds. */
  readonly timeoutMs?: number;
  /** Whether to stop as soon as something differs; what was not looked at as often as it needs is left out then. */
  readonly failFast?: boolean;
}

interface Case {
  readonly attempt: Try;
  readonly explanation: Explanation;
  readonly answers: readonly ProbeAnswer[];
}

interface Look {
  readonly from: From;
  readonly to: To | NamedTo;
  readonly times: number;
  readonly timeoutMs: number;
}

/** Samples under session affinity: the first look makes the source known, the second shows that it is remembered. */
const affinitySamples = { first: 1, second: 3 };

/** By name one connection is enough: it shows where the name leads, and how that is shared out is seen by address. */
function firstTimes({ attempt, explanation: { predicted, affinity } }: Omit<Case, 'answers'>): number {
  if ('name' in attempt.to) return 1;
  return affinity === undefined ? firstLook(distinguishable(predicted)) : affinitySamples.first;
}

/** Times the usual patience: that nobody has an address is told after three questions, one a second (arp(7)). */
const unreachableTakes = 4;

function patienceFor({ predicted }: Explanation, timeoutMs: number): number {
  return predicted.some(({ outcome }) => outcome === 'unreachable') ? unreachableTakes * timeoutMs : timeoutMs;
}

async function look(options: VerifyOptions, looks: readonly Look[], done: number): Promise<readonly ProbeAnswer[][]> {
  const requests = looks.flatMap(({ times, ...request }) => Array.from({ length: times }, () => request));
  const total = done + requests.length;
  options.onProgress?.(done, total);
  const answers = requests.length === 0 ? [] : await options.probe(requests);
  options.onProgress?.(total, total);
  const rest = [...answers];
  return looks.map(({ times }) => rest.splice(0, times));
}

/** Tries of the second look where the first one met nothing but silence: each of them may take its whole time-out. */
const afterSilence = 3;

/** No answer, of an endpoint or of a DNS server. */
function isSilence({ outcome }: Pick<ProbeAnswer, 'outcome'>): boolean {
  return outcome === 'dropped' || outcome === 'nxdomain';
}

/**
 * How often to try again, or 0. A silence that nobody predicted is asked for once more, with more patience: a busy
 * machine can be late, but it cannot invent an endpoint.
 */
function secondTimes(one: Case, connections: number): number {
  const { predicted, affinity } = one.explanation;
  const { impossible, unseen, pValue } = compare(predicted, tally(one.answers));
  const late = impossible.length > 0 && impossible.every(isSilence);
  if (impossible.length > 0 && !late) return 0;
  if (affinity !== undefined) return affinitySamples.second;
  if (late && one.answers.every(isSilence)) return afterSilence;
  if (predicted.length === 1) return late ? afterSilence : 0;
  const missed = unseen.some((probability) => missedSuspiciously(probability, one.answers.length));
  return late || missed || pValue < suspiciousBelow ? secondLook(distinguishable(predicted), connections) : 0;
}

/** Cases that have to be looked at again because of what all senders together saw. */
function doubtfulTogether(cases: readonly Case[]): ReadonlySet<Case> {
  const possible = cases.filter(({ explanation: { predicted, affinity }, answers }) => {
    return affinity === undefined && compare(predicted, tally(answers)).impossible.length === 0;
  });
  const pooled = possible.map((one) => {
    const { attempt, explanation, answers } = one;
    return { one, to: formatTo(attempt.to), predicted: explanation.predicted, answers };
  });
  return new Set([...suspiciousTogether(pooled)].map(({ one }) => one));
}

function verdict(one: Case, again: readonly ProbeAnswer[], connections: number): Connection {
  const { attempt, explanation } = one;
  if (again.length === 0) return judge({ ...attempt, explanation, answers: one.answers, alarmBelow: 0 });
  return judge({ ...attempt, explanation, answers: again, alarmBelow: alarmBelow(connections), remembered: true });
}

/** Second looks that are taken together when the first difference ends the run. */
const togetherAtMost = 100;

interface Again {
  readonly one: Case;
  readonly times: number;
}

/** What is looked at together: everything, or a few at a time, what was wrong before what is only in doubt. */
function rounds(again: readonly Again[], failFast: boolean): readonly (readonly Again[])[] {
  if (!failFast) return [again];
  const sorted = [...again].sort((a, b) => a.times - b.times);
  const together: Again[][] = [];
  let size = Number.POSITIVE_INFINITY;
  for (const item of sorted) {
    if (size + item.times > togetherAtMost) {
      together.push([]);
      size = 0;
    }
    together.at(-1)?.push(item);
    size += item.times;
  }
  return together;
}

/** Every case with the connection that it comes to; with failFast only those before the first difference and it. */
async function secondLooks(
  options: VerifyOptions,
  cases: readonly Case[],
  timeoutMs: number,
): Promise<ReadonlyMap<Case, Connection>> {
  const { failFast = false } = options;
  const connections = options.tries.length;
  const judged = new Map<Case, Connection>();
  const again: Again[] = [];
  const together = doubtfulTogether(cases);
  for (const one of cases) {
    const { predicted } = one.explanation;
    const more = together.has(one) ? secondLook(distinguishable(predicted), connections) : 0;
    const times = secondTimes(one, connections) || more;
    if (times > 0) again.push({ one, times });
    else judged.set(one, verdict(one, [], connections));
  }
  let done = cases.reduce((sum, { answers }) => sum + answers.length, 0);
  for (const round of rounds(again, failFast)) {
    if (failFast && [...judged.values()].some(({ agrees }) => !agrees)) break;
    const looks = round.map(({ one: { attempt, explanation }, times }) => {
      const { from, to } = attempt;
      return { from, to, timeoutMs: 2 * patienceFor(explanation, timeoutMs), times };
    });
    const answers = await look(options, looks, done);
    done += answers.flat().length;
    for (const [at, { one }] of round.entries()) judged.set(one, verdict(one, answers[at] ?? [], connections));
  }
  return judged;
}

/**
 * Predicts every connection, makes it, and compares; the shares that endpoints get are tested so that a whole run gives
 * a false alarm with a chance below one in a million. Throws what the probe throws, and the model's `not-found`.
 */
export async function runVerify(options: VerifyOptions): Promise<VerifyReport> {
  const started = performance.now();
  const { view, tries, timeoutMs = 1_000 } = options;
  const planned = tries.map((attempt) => ({ attempt, explanation: options.predict(attempt.from, attempt.to) }));
  const times = withinBudget(planned.map(firstTimes));
  const first = await look(
    options,
    planned.map(({ attempt: { from, to }, explanation }, i) => {
      return { from, to, timeoutMs: patienceFor(explanation, timeoutMs), times: times[i] ?? 1 };
    }),
    0,
  );
  const cases: readonly Case[] = planned.map((one, i) => ({ ...one, answers: first[i] ?? [] }));
  const judged = await secondLooks(options, cases, timeoutMs);
  const connections = cases.flatMap((one) => judged.get(one) ?? []);
  const agreed = connections.filter(({ agrees }) => agrees).length;
  const milliseconds = Math.round(performance.now() - started);
  const unseen = cases.length - connections.length;
  const stopped = `Stopped at a difference: ${unseen} more were doubtful, and were not looked at again.`;
  const missing = [...leftOut(view), ...(unseen === 0 ? [] : [stopped])];
  const disagreed = connections.length - agreed;
  return { agreed, disagreed, connections, milliseconds, ...(missing.length === 0 ? {} : { leftOut: missing }) };
}
