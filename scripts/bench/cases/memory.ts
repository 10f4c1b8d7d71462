import { getStatus } from '../../../src/api/client.ts';
import { labLocation } from '../../../src/api/locate.ts';
import { timeSvclab } from '../command.ts';
import { inTurn } from '../in-turn.ts';
import { manyPods, writeManifests } from '../labs.ts';
import type { Bench } from '../types.ts';

/** The memory of a lab with many Pods. */
export const memory: Bench = {
  name: 'memory',
  how: 'What `svclab status -o json` tells as `memory` right after `up`: the proportional set size (PSS) of all processes of the lab.',
  run: async ({ scratch, quick }) => {
    const size = manyPods(quick);
    const file = writeManifests(scratch, size);
    const megabytes = async (): Promise<number> => {
      await timeSvclab(scratch, 'up', '-f', file, '--name', 'memory');
      const { memory: bytes } = await getStatus(labLocation('memory', scratch.runDirectory));
      await timeSvclab(scratch, 'down', '--lab', 'memory');
      return bytes / 1e6;
    };
    const found = await inTurn({ megabytes }, { rounds: quick ? 1 : 5 });
    return {
      rows: [
        {
          what: `memory of a lab with ${size.pods} Pods`,
          unit: 'MB',
          values: found.megabytes,
          reach: { of: 'value', sense: 'at most', limit: 150 },
        },
      ],
    };
  },
};
