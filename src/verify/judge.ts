import type { Connection } from '../api/types.ts';
import { formatFrom, formatTo } from '../model/target.ts';
import type { Explanation, From, NamedTo, To } from '../model/types.ts';
import type { ProbeAnswer } from '../probe/types.ts';
import { compare, strayed, tally } from './compare.ts';
import { falseAlarmRate } from './statistics.ts';

/** One predicted connection, and the answers of its tries. */
export interface Judged {
  readonly from: From;
  readonly to: To | NamedTo;
  readonly about?: string;
  readonly explanation: Explanation;
  readonly answers: readonly ProbeAnswer[];
  /** The p-value below which shares are an alarm; 0 to leave them unjudged. */
  readonly alarmBelow?: number;
  /** The source was known to the proxies before these tries, so that session affinity must hold for all of them. */
  readonly remembered?: boolean;
}

/**
 * The connection as reports show it. It disagrees when something impossible was seen, when the shares are too unlikely
 * (a chance below one in a million, unless said otherwise), or when session affinity did not hold.
 */
export function judge(judged: Judged): Connection {
  const { from, to, about, explanation, answers, alarmBelow = falseAlarmRate, remembered = false } = judged;
  const { affinity, predicted } = explanation;
  const observed = tally(answers);
  const { impossible, pValue, difference } = compare(predicted, observed);
  const text = { from: formatFrom(from), to: formatTo(to), ...(about === undefined ? {} : { about }) };
  const base = { ...text, predicted, observed };
  const alarm = impossible.length > 0 || (affinity === undefined && pValue < alarmBelow);
  if (alarm && difference !== undefined) return { ...base, agrees: false, difference };
  const stray = remembered && affinity?.places === 1 ? strayed(observed) : undefined;
  return stray === undefined ? { ...base, agrees: true } : { ...base, agrees: false, difference: stray };
}
