import type { Packet } from '../../types.ts';
import type { MatchModule } from '../types.ts';
import { masked } from '../values.ts';

function module(name: string, markOf: (packet: Packet) => number): MatchModule {
  return {
    name,
    options: { '--mark': 1 },
    compile: ([one]) => {
      if (one === undefined) return undefined;
      const { value, mask } = masked(one.name, one.values[0] ?? '');
      return (packet) => ((markOf(packet) & mask) >>> 0 === value) !== one.negated;
    },
  };
}

/** `-m mark` */
export const mark = module('mark', (packet) => packet.mark);
/** `-m connmark` */
export const connmark = module('connmark', (packet) => packet.connection.mark);
