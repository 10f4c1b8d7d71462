import { errorToJSON } from '../../errors.ts';
import { countOf } from './count.ts';
import type { Report } from './types.ts';

/** For programs: counts, and every scenario with its steps. */
export const json: Report = (results) => {
  const scenarios = results.map(({ error, ...rest }) => ({
    ...rest,
    ...(error === undefined ? {} : { error: errorToJSON(error) }),
  }));
  const counts = Object.fromEntries(
    (['passed', 'failed', 'skipped', 'error'] as const).map((sort) => [sort, countOf(results, sort)]),
  );
  return `${JSON.stringify({ ...counts, scenarios }, undefined, 2)}\n`;
};
