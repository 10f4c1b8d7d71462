import type { IP } from '../../net/address.ts';
import { formatFraction, toNumber } from '../fraction.ts';
import type { RuleHit, WalkOutcome } from './types.ts';
import type { Walk } from './walk.ts';

/** A prediction as `svclab explain --dump -o json` prints it. */
export interface AnswerPrediction {
  readonly outcome: WalkOutcome;
  readonly endpoint: string;
  readonly source?: IP;
  readonly probability: number;
  /** The same exactly: `1/3`. */
  readonly fraction: string;
}

type AnswerRule = Pick<RuleHit, 'line' | 'table' | 'chain' | 'rule' | 'verdict'>;

/** What `svclab explain --dump -o json` prints. */
export interface Answer {
  readonly predicted: readonly AnswerPrediction[];
  /** Rules that the packet meets on one of its ways. */
  readonly rules: readonly AnswerRule[];
  /** Rules that the answer meets on its way back. */
  readonly replyRules: readonly AnswerRule[];
  /** Rules that the packet would meet if others had not decided before. */
  readonly wouldMatch: readonly AnswerRule[];
  readonly assumed: readonly string[];
  /** Why the outcome is unknown from some rule on. */
  readonly unknown?: readonly string[];
}

function ruleOf({ line, table, chain, rule, verdict }: RuleHit): AnswerRule {
  return { line, table, chain, rule, verdict };
}

/** The walk as plain data. */
export function answerOf({ predicted, paths, rules, replyRules, shadowed, assumed }: Walk): Answer {
  const unknown = [...new Set(paths.filter(({ outcome }) => outcome === 'unknown').map(({ why }) => why))];
  return {
    predicted: predicted.map(({ outcome, endpoint, source, share }) => ({
      outcome,
      endpoint,
      ...(source === undefined ? {} : { source }),
      probability: toNumber(share),
      fraction: formatFraction(share),
    })),
    rules: rules.map(ruleOf),
    replyRules: replyRules.map(ruleOf),
    wouldMatch: shadowed.map(ruleOf),
    assumed,
    ...(unknown.length === 0 ? {} : { unknown }),
  };
}
