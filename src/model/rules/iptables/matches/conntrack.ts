import { networkHas } from '../../network.ts';
import { protocolName } from '../../protocols.ts';
import type { Connection, Packet, Tuple } from '../../types.ts';
import type { MatchModule, RuleOption, Test } from '../types.ts';
import { badValue, isWithin, network, portRange } from '../values.ts';

const states = ['INVALID', 'NEW', 'ESTABLISHED', 'RELATED', 'UNTRACKED', 'SNAT', 'DNAT'];

/** The states that a packet has at once, as xt_conntrack counts them. */
function statesOf({ state, snat, dnat }: Connection): string[] {
  if (state === 'none') return ['INVALID'];
  return [state.toUpperCase(), ...(snat ? ['SNAT'] : []), ...(dnat ? ['DNAT'] : [])];
}

function stateTest({ name, values, negated }: RuleOption): Test {
  const wanted = (values[0] ?? '').split(',');
  for (const state of wanted) if (!states.includes(state)) throw badValue(name, values[0] ?? '');
  return ({ connection }) => statesOf(connection).some((state) => wanted.includes(state)) !== negated;
}

function statusTest({ values, negated }: RuleOption): Test {
  const wanted = (values[0] ?? '').split(',');
  return ({ connection }) => {
    const answered = connection.state === 'established';
    const has = [...(answered ? ['SEEN_REPLY', 'CONFIRMED'] : ['NONE'])];
    return has.some((status) => wanted.includes(status)) !== negated;
  };
}

/** The packet as the answering side sends it: what conntrack calls the reply tuple. */
function replyOf({ connection, source, destination, ...packet }: Packet): Tuple {
  if (connection.direction === 'reply') return { source, destination, ...packet };
  return {
    source: destination,
    destination: source,
    ...(packet.destinationPort === undefined ? {} : { sourcePort: packet.destinationPort }),
    ...(packet.sourcePort === undefined ? {} : { destinationPort: packet.sourcePort }),
  };
}

const tuples: Readonly<Record<string, (packet: Packet) => Tuple>> = {
  orig: ({ connection }) => connection.original,
  repl: replyOf,
};

function tupleTest({ name, values, negated }: RuleOption): Test | undefined {
  const [, side = '', end, port] = /^--ct(orig|repl)(src|dst)(port)?$/.exec(name) ?? [];
  const tuple = tuples[side];
  if (tuple === undefined) return undefined;
  const text = values[0] ?? '';
  if (port !== undefined) {
    const range = portRange(name, text);
    const at = end === 'src' ? 'sourcePort' : 'destinationPort';
    return (packet) => isWithin(tuple(packet)[at], range) !== negated;
  }
  const net = network(name, text);
  return (packet) => networkHas(net, tuple(packet)[end === 'src' ? 'source' : 'destination']) !== negated;
}

function optionTest(one: RuleOption): Test | undefined {
  const text = one.values[0] ?? '';
  switch (one.name) {
    case '--ctstate':
      return stateTest(one);
    case '--ctstatus':
      return statusTest(one);
    case '--ctproto':
      return (packet) => (packet.protocol === protocolName(text)) !== one.negated;
    case '--ctdir':
      return (packet) => (packet.connection.direction.toUpperCase() === text) !== one.negated;
    default:
      return tupleTest(one);
  }
}

/** `-m conntrack` */
export const conntrack: MatchModule = {
  name: 'conntrack',
  options: {
    '--ctstate': 1,
    '--ctproto': 1,
    '--ctorigsrc': 1,
    '--ctorigdst': 1,
    '--ctreplsrc': 1,
    '--ctrepldst': 1,
    '--ctorigsrcport': 1,
    '--ctorigdstport': 1,
    '--ctreplsrcport': 1,
    '--ctrepldstport': 1,
    '--ctstatus': 1,
    '--ctexpire': 1,
    '--ctdir': 1,
  },
  compile: (options) => {
    const tests = options.map(optionTest);
    const known = tests.filter((test) => test !== undefined);
    if (known.length < tests.length) return undefined;
    return (packet, world) => known.every((test) => test(packet, world) === true);
  },
};

/** `-m state`, the older spelling of `-m conntrack --ctstate`. */
export const state: MatchModule = {
  name: 'state',
  options: { '--state': 1 },
  compile: ([one]) => (one === undefined ? undefined : stateTest(one)),
};
