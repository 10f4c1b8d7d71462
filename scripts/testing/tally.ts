import type { TestResult } from './tap.ts';

/** Counts results of all suites, prints each as it comes, and knows the closing line. */
export class Tally {
  private readonly counts = { passed: 0, failed: 0, skipped: 0 };
  private readonly failures: string[] = [];
  private readonly print: (line: string) => void;

  constructor(print: (line: string) => void) {
    this.print = print;
  }

  /** Counts one test of a suite or file. */
  add(where: string, result: TestResult): void {
    const { outcome, title, details } = result;
    this.counts[outcome]++;
    this.print(`  ${{ passed: '✔', failed: '✖', skipped: '-' }[outcome]} ${title}`);
    if (outcome !== 'failed') return;
    for (const line of details) this.print(`      ${line}`);
    this.failures.push(`${where}: ${title}`);
  }

  /** Whether all that ran was fine, and something ran. */
  get ok(): boolean {
    return this.counts.failed === 0 && this.counts.passed > 0;
  }

  /** Prints the failed tests once more, and as the last line `N passed, N failed`, with `, N skipped` when there are any. */
  close(): void {
    const { passed, failed, skipped } = this.counts;
    this.print('');
    for (const failure of this.failures) this.print(`✖ ${failure}`);
    if (failed > 0) this.print('');
    this.print(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  }
}
