import { timeSvclab } from '../command.ts';
import { inTurn } from '../in-turn.ts';
import { manyPods, quickstart, writeManifests } from '../labs.ts';
import type { Bench } from '../types.ts';

/** The end of a small and of a large lab. */
export const down: Bench = {
  name: 'down',
  how: '`bin/svclab down`, from its start to its end, of a lab that is ready.',
  run: async ({ scratch, quick }) => {
    const size = manyPods(quick);
    const file = writeManifests(scratch, size);
    const downOf = (path: string) => async () => {
      await timeSvclab(scratch, 'up', '-f', path, '--name', 'down');
      return timeSvclab(scratch, 'down', '--lab', 'down');
    };
    const ways = { small: downOf(quickstart), large: downOf(file) };
    const found = await inTurn(ways, { rounds: quick ? 2 : 10 });
    const reach = { of: 'value', sense: 'at most', limit: 200 } as const;
    return {
      rows: [
        { what: '`svclab down` of 6 Pods', unit: 'ms', values: found.small, reach },
        { what: `\`svclab down\` of ${size.pods} Pods`, unit: 'ms', values: found.large, reach },
      ],
    };
  },
};
