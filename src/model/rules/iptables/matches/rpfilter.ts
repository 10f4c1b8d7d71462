import type { Packet, World } from '../../types.ts';
import type { MatchModule } from '../types.ts';
import { option } from '../values.ts';

interface Options {
  readonly loose: boolean;
  readonly validmark: boolean;
  readonly acceptLocal: boolean;
}

/** Whether an answer would leave by the interface that the packet came in by (xt_rpfilter.c). */
function passes(packet: Packet, world: World, { loose, validmark, acceptLocal }: Options): boolean {
  if (packet.inInterface === undefined || packet.inInterface === 'lo') return true;
  const [route] = world.route({
    destination: packet.source,
    protocol: packet.protocol,
    mark: validmark ? packet.mark : 0,
  });
  if (route === undefined) return false;
  if (route.type === 'local') return acceptLocal;
  if (route.type !== 'unicast') return false;
  return loose || route.device === undefined || route.device === packet.inInterface;
}

/** `-m rpfilter` */
export const rpfilter: MatchModule = {
  name: 'rpfilter',
  options: { '--loose': 0, '--validmark': 0, '--accept-local': 0, '--invert': 0 },
  compile: (options) => {
    const has = (name: string) => option(options, name) !== undefined;
    const wanted = { loose: has('--loose'), validmark: has('--validmark'), acceptLocal: has('--accept-local') };
    const inverted = has('--invert');
    return (packet, world) => passes(packet, world, wanted) !== inverted;
  },
};
