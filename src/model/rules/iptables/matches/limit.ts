import type { MatchModule } from '../types.ts';
import { option } from '../values.ts';

/** `-m limit`: so many packets a time. One connection alone never reaches a limit. */
export const limit: MatchModule = {
  name: 'limit',
  options: { '--limit': 1, '--limit-burst': 1 },
  compile: (options) => {
    const rate = option(options, '--limit');
    const assumed = `The limit of ${rate?.values[0] ?? 'the rule'} is not reached yet.`;
    const answer = { matches: rate?.negated !== true, assumed };
    return () => answer;
  },
};

/** `-m hashlimit`: the same by address or port. */
export const hashlimit: MatchModule = {
  name: 'hashlimit',
  options: {
    '--hashlimit': 1,
    '--hashlimit-upto': 1,
    '--hashlimit-above': 1,
    '--hashlimit-burst': 1,
    '--hashlimit-mode': 1,
    '--hashlimit-name': 1,
    '--hashlimit-srcmask': 1,
    '--hashlimit-dstmask': 1,
    '--hashlimit-htable-size': 1,
    '--hashlimit-htable-max': 1,
    '--hashlimit-htable-expire': 1,
    '--hashlimit-htable-gcinterval': 1,
    '--hashlimit-rate-match': 0,
    '--hashlimit-rate-interval': 1,
  },
  compile: (options) => {
    const above = option(options, '--hashlimit-above');
    const rate = above ?? option(options, '--hashlimit-upto') ?? option(options, '--hashlimit');
    if (rate === undefined) return undefined;
    const assumed = `The limit of ${rate.values[0]} is not reached yet.`;
    const answer = { matches: (above === undefined) !== rate.negated, assumed };
    return () => answer;
  },
};

/** `-m connlimit`: connections open at once; taken to be this one alone. */
export const connlimit: MatchModule = {
  name: 'connlimit',
  options: {
    '--connlimit-upto': 1,
    '--connlimit-above': 1,
    '--connlimit-mask': 1,
    '--connlimit-saddr': 0,
    '--connlimit-daddr': 0,
  },
  compile: (options) => {
    const above = option(options, '--connlimit-above');
    const most = Number((above ?? option(options, '--connlimit-upto'))?.values[0]);
    if (Number.isNaN(most)) return undefined;
    const matches = above === undefined ? most >= 1 : most < 1 !== above.negated;
    return () => ({ matches, assumed: 'No other connection of the client is open.' });
  },
};
