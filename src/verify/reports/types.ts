import type { VerifyReport } from '../../api/types.ts';

/** How a report is to look. */
export interface ReportOptions {
  /** ANSI colours; none when false. */
  readonly color?: boolean;
  /** Width in characters that lines keep within; 100 unless said otherwise. */
  readonly columns?: number;
}

/** The text of a finished run, with a line feed at its end. */
export type Report = (report: VerifyReport, options: ReportOptions) => string;
