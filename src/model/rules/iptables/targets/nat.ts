import { LabError } from '../../../../errors.ts';
import { type IP, ipFromBigInt, ipToBigInt, tryParseIP } from '../../../../net/address.ts';
import type { Range, Translation } from '../../types.ts';
import type { Effect, RuleOption, TargetModule } from '../types.ts';
import { addressRange, badValue, firstValue, network, option, portRange } from '../values.ts';

interface AddressesAndPorts {
  readonly addresses?: Range<IP>;
  readonly ports?: Range<number>;
}

function ports(name: string, text: string): Range<number> {
  const [range = ''] = text.split('/');
  return portRange(name, range, '-');
}

/** `10.0.0.1-10.0.0.9:80-90`, `[fd00::1]:80`, `fd00::1`, `:80`. */
function target({ name, values }: RuleOption): AddressesAndPorts {
  const text = values[0] ?? '';
  const bracketed = /^\[([^\]]+)\](?::(.+))?$/.exec(text);
  const plain = tryParseIP(text) === undefined && !text.includes('::') ? /^([^:]*):(.+)$/.exec(text) : null;
  const [, addresses = text, range] = bracketed ?? plain ?? [];
  return {
    ...(addresses === '' ? {} : { addresses: addressRange(name, addresses) }),
    ...(range === undefined ? {} : { ports: ports(name, range) }),
  };
}

function rewriting(name: string, to: 'destination' | 'source', key: string): TargetModule {
  const word = to === 'destination' ? 'dnat' : 'snat';
  return {
    name,
    options: { [key]: 1, '--random': 0, '--random-fully': 0, '--persistent': 0 },
    compile: (options) => {
      const one = option(options, key);
      if (one === undefined) throw new LabError('usage', `-j ${name} has no ${key}`);
      const translation: Translation = { to, ...target(one) };
      const effect: Effect = { kind: 'verdict', verdict: { kind: 'accept', translation } };
      return { apply: () => effect, words: `${word} ${one.values[0] ?? ''}` };
    },
  };
}

function onNode(name: string, to: 'masquerade' | 'redirect'): TargetModule {
  return {
    name,
    options: { '--to-ports': 1, '--random': 0, '--random-fully': 0 },
    compile: (options) => {
      const range = firstValue(options, '--to-ports');
      const translation: Translation = { to, ...(range === undefined ? {} : { ports: ports('--to-ports', range) }) };
      const effect: Effect = { kind: 'verdict', verdict: { kind: 'accept', translation } };
      return { apply: () => effect, words: range === undefined ? to : `${to} to port ${range}` };
    },
  };
}

/** `-j DNAT` */
export const dnat = rewriting('DNAT', 'destination', '--to-destination');
/** `-j SNAT` */
export const snat = rewriting('SNAT', 'source', '--to-source');
/** `-j MASQUERADE` */
export const masquerade = onNode('MASQUERADE', 'masquerade');
/** `-j REDIRECT` */
export const redirect = onNode('REDIRECT', 'redirect');

/** `-j NETMAP`: the network part of the address is replaced; the destination's when no device is known yet. */
export const netmap: TargetModule = {
  name: 'NETMAP',
  options: { '--to': 1 },
  compile: (options, family) => {
    const text = firstValue(options, '--to') ?? '';
    const net = network('--to', text);
    if (net.family !== family) throw badValue('--to', text);
    const [base, mask] = [BigInt(net.base), BigInt.asUintN(family === 'ipv4' ? 32 : 128, BigInt(net.mask))];
    return {
      words: `netmap ${text}`,
      apply: (packet) => {
        const to = packet.outInterface === undefined ? 'destination' : 'source';
        const old = ipToBigInt(packet[to]);
        const address = ipFromBigInt(base | (old & ~mask), family);
        return {
          kind: 'verdict',
          verdict: { kind: 'accept', translation: { to, addresses: { first: address, last: address } } },
        };
      },
    };
  },
};
