import type { Report } from './types.ts';

/** The VerifyReport of src/api/types.ts, indented by two spaces. */
export const json: Report = (report) => `${JSON.stringify(report, null, 2)}\n`;
