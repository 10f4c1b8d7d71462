import { timeSvclab } from '../command.ts';
import { inTurn } from '../in-turn.ts';
import { quickstart } from '../labs.ts';
import type { Bench } from '../types.ts';

/** All connections of the quickstart lab, tried for real. */
export const verify: Bench = {
  name: 'verify',
  how: '`bin/svclab verify` of the quickstart lab, from its start to its end.',
  run: async ({ scratch, quick }) => {
    await timeSvclab(scratch, 'up', '-f', quickstart, '--name', 'verify');
    const ways = { verify: () => timeSvclab(scratch, 'verify', '--lab', 'verify') };
    const found = await inTurn(ways, { rounds: quick ? 2 : 7, warmUp: true });
    await timeSvclab(scratch, 'down', '--lab', 'verify');
    return {
      rows: [
        {
          what: '`svclab verify` of quickstart',
          unit: 'ms',
          values: found.verify,
          reach: { of: 'value', sense: 'at most', limit: 2000 },
        },
      ],
    };
  },
};
