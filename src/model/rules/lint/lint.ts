import type { RuleSet } from '../types.ts';
import { compareWithCluster } from './compare.ts';
import { checks } from './registry.ts';
import type { Finding, LintInput } from './types.ts';

/**
 * What is wrong in the dump, in the order of its lines; what is missing as a whole comes first. `expected` are the rules
 * that kube-proxy would make of the cluster, if somebody knows the cluster.
 */
export function lint(input: LintInput, expected?: readonly RuleSet[]): Finding[] {
  const found = checks.flatMap((check) => check(input));
  const compared = expected === undefined ? [] : compareWithCluster(input.ruleSets, expected);
  return [...compared, ...found].sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
}
