import type { AddressType } from '../../types.ts';
import type { MatchModule, RuleOption, Test } from '../types.ts';
import { badValue, option } from '../values.ts';

const known: ReadonlySet<string> = new Set<AddressType | 'throw' | 'nat' | 'xresolve'>([
  'unspec',
  'unicast',
  'local',
  'broadcast',
  'anycast',
  'multicast',
  'blackhole',
  'unreachable',
  'prohibit',
  'throw',
  'nat',
  'xresolve',
]);

function types({ name, values }: RuleOption): ReadonlySet<string> {
  const found = (values[0] ?? '').toLowerCase().split(',');
  for (const type of found) if (!known.has(type)) throw badValue(name, values[0] ?? '');
  return new Set(found);
}

/** `-m addrtype`: what routing thinks of the addresses. */
export const addrtype: MatchModule = {
  name: 'addrtype',
  options: { '--src-type': 1, '--dst-type': 1, '--limit-iface-in': 0, '--limit-iface-out': 0 },
  compile: (options) => {
    const limitIn = option(options, '--limit-iface-in') !== undefined;
    const limitOut = option(options, '--limit-iface-out') !== undefined;
    const tests = options
      .filter(({ name }) => name.endsWith('-type'))
      .map((one): Test => {
        const wanted = types(one);
        const source = one.name === '--src-type';
        return (packet, world) => {
          const device = limitIn ? packet.inInterface : limitOut ? packet.outInterface : undefined;
          return wanted.has(world.addressType(source ? packet.source : packet.destination, device)) !== one.negated;
        };
      });
    return (packet, world) => tests.every((test) => test(packet, world) === true);
  },
};
