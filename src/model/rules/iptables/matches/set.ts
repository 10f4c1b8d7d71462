import { LabError } from '../../../../errors.ts';
import type { MatchModule } from '../types.ts';
import { changedSet, option } from '../values.ts';

/** `-m set`: whether an ipset has the packet's addresses and ports. */
export const set: MatchModule = {
  name: 'set',
  options: {
    '--match-set': 2,
    '--set': 2,
    '--return-nomatch': 0,
    '--update-counters': 0,
    '--update-subcounters': 0,
    '--packets-eq': 1,
    '--packets-lt': 1,
    '--packets-gt': 1,
    '--bytes-eq': 1,
    '--bytes-lt': 1,
    '--bytes-gt': 1,
  },
  compile: (options) => {
    if (options.some(({ name }) => /^--(packets|bytes)-/.test(name))) return undefined;
    const one = option(options, '--match-set') ?? option(options, '--set');
    const [name, flags] = one?.values ?? [];
    if (one === undefined || name === undefined || flags === undefined)
      throw new LabError('usage', '-m set needs --match-set with a name and directions');
    const directions = flags.split(',').map((flag) => (flag === 'src' ? 'src' : 'dst'));
    return (packet, world) => {
      const found = world.set(name);
      if (found === undefined) {
        return { matches: true, unknown: `the dump does not tell what is in the ipset ${name} (### ipset save)` };
      }
      if (packet.remembered.has(changedSet(name))) {
        return { matches: true, unknown: `a rule before has changed the ipset ${name} for this packet` };
      }
      const has = found.has(packet, directions);
      if (typeof has === 'object') return { matches: true, unknown: has.unknown };
      return has !== one.negated;
    };
  },
};
