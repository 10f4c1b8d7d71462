import type { ScenarioResult } from '../run.ts';

/** How a report is to look. */
export interface ReportOptions {
  /** ANSI colours. */
  readonly color: boolean;
}

/** The text of finished runs, with a line feed at its end. */
export type Report = (results: readonly ScenarioResult[], options: ReportOptions) => string;
