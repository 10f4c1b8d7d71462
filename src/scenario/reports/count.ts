import type { ScenarioResult } from '../run.ts';

/** How many results are of a sort. */
export function countOf(results: readonly ScenarioResult[], sort: ScenarioResult['result']): number {
  return results.filter(({ result }) => result === sort).length;
}

/** `iptables, 1.36` */
export function settingText({ mode, release }: ScenarioResult): string {
  return `${mode}, ${release}`;
}
