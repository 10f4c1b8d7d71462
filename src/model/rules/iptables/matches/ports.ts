import { LabError } from '../../../../errors.ts';
import type { Packet } from '../../types.ts';
import type { MatchModule, RuleOption, Test } from '../types.ts';
import { badValue, isWithin, option, portRange } from '../values.ts';

/** The test of an option that names one port or a range of them. */
function portTest(one: RuleOption, port: (packet: Packet) => number | undefined): Test {
  const range = portRange(one.name, one.values[0] ?? '');
  return (packet) => isWithin(port(packet), range) !== one.negated;
}

const flagBits: Readonly<Record<string, number>> = {
  FIN: 1,
  SYN: 2,
  RST: 4,
  PSH: 8,
  ACK: 16,
  URG: 32,
  ALL: 63,
  NONE: 0,
};

function flags(text: string): number {
  let bits = 0;
  for (const name of text.split(',')) {
    const bit = flagBits[name];
    if (bit === undefined) throw badValue('--tcp-flags', text);
    bits |= bit;
  }
  return bits;
}

/** The flags of the packets that are walked: the first of a connection, and the answer to it. */
function flagsOf({ connection }: Packet): number {
  return connection.direction === 'reply' ? 18 : 2;
}

function flagsTest({ name, values: [mask, wanted], negated }: RuleOption): Test {
  if (mask === undefined || wanted === undefined) throw new LabError('usage', `${name} needs two values`);
  const bits = flags(mask);
  const set = flags(wanted);
  return (packet) => ((flagsOf(packet) & bits) === set) !== negated;
}

function module(name: string, more: Readonly<Record<string, number>> = {}): MatchModule {
  return {
    name,
    options: { '--sport': 1, '--source-port': 1, '--dport': 1, '--destination-port': 1, ...more },
    compile: (options) => {
      const unknown = ['--tcp-option', '--chunk-types', '--dccp-types', '--dccp-option'];
      if (options.some((one) => unknown.includes(one.name))) return undefined;
      const source = option(options, '--sport') ?? option(options, '--source-port');
      const destination = option(options, '--dport') ?? option(options, '--destination-port');
      const tests = [
        ...(source === undefined ? [] : [portTest(source, (packet) => packet.sourcePort)]),
        ...(destination === undefined ? [] : [portTest(destination, (packet) => packet.destinationPort)]),
        ...options.filter((one) => one.name === '--tcp-flags').map(flagsTest),
        ...options.filter((one) => one.name === '--syn').map(synTest),
      ];
      const wanted = name === 'udplite' ? ['udp', 'udplite'] : [name];
      return (packet, world) => wanted.includes(packet.protocol) && tests.every((test) => test(packet, world) === true);
    },
  };
}

function synTest({ negated }: RuleOption): Test {
  return (packet) => ((flagsOf(packet) & 23) === 2) !== negated;
}

/** `-m tcp` */
export const tcp = module('tcp', { '--tcp-flags': 2, '--syn': 0, '--tcp-option': 1 });
/** `-m udp` */
export const udp = module('udp');
/** `-m udplite` */
export const udplite = module('udplite');
/** `-m sctp` */
export const sctp = module('sctp', { '--chunk-types': 2 });
/** `-m dccp` */
export const dccp = module('dccp', { '--dccp-types': 1, '--dccp-option': 1 });

/** `-m multiport`: up to fifteen ports or ranges. */
export const multiport: MatchModule = {
  name: 'multiport',
  options: {
    '--sports': 1,
    '--source-ports': 1,
    '--dports': 1,
    '--destination-ports': 1,
    '--ports': 1,
  },
  compile: (options) => {
    const tests = options.map(({ name, values, negated }): Test => {
      const ranges = (values[0] ?? '').split(',').map((text) => portRange(name, text));
      const has = (port: number | undefined) => ranges.some((range) => isWithin(port, range));
      const source = name === '--sports' || name === '--source-ports' || name === '--ports';
      const destination = name !== '--sports' && name !== '--source-ports';
      return (packet) =>
        ((source && has(packet.sourcePort)) || (destination && has(packet.destinationPort))) !== negated;
    });
    return (packet, world) => tests.every((test) => test(packet, world) === true);
  },
};
