import type { MatchModule } from '../types.ts';
import { badValue } from '../values.ts';

const icmpNames: Readonly<Record<string, string>> = {
  any: 'any',
  'echo-reply': '0',
  pong: '0',
  'destination-unreachable': '3',
  'network-unreachable': '3/0',
  'host-unreachable': '3/1',
  'protocol-unreachable': '3/2',
  'port-unreachable': '3/3',
  'fragmentation-needed': '3/4',
  'source-quench': '4',
  redirect: '5',
  'echo-request': '8',
  ping: '8',
  'router-advertisement': '9',
  'router-solicitation': '10',
  'time-exceeded': '11',
  'ttl-exceeded': '11',
  'parameter-problem': '12',
  'timestamp-request': '13',
  'timestamp-reply': '14',
};

const icmp6Names: Readonly<Record<string, string>> = {
  'destination-unreachable': '1',
  'packet-too-big': '2',
  'time-exceeded': '3',
  'parameter-problem': '4',
  'echo-request': '128',
  'echo-reply': '129',
  'router-solicitation': '133',
  'router-advertisement': '134',
  'neighbour-solicitation': '135',
  'neighbor-solicitation': '135',
  'neighbour-advertisement': '136',
  'neighbor-advertisement': '136',
  redirect: '137',
};

function module(
  name: string,
  { option, protocol, names }: { option: string; protocol: string; names: Readonly<Record<string, string>> },
): MatchModule {
  return {
    name,
    options: { [option]: 1 },
    compile: (options) => {
      const [one] = options;
      if (one === undefined) return ({ protocol: own }) => own === protocol;
      const text = one.values[0] ?? '';
      const numbers = names[text] ?? text;
      if (numbers === 'any' || numbers === '255') return (packet) => (packet.protocol === protocol) !== one.negated;
      if (!/^\d+(\/\d+)?$/.test(numbers)) throw badValue(option, text);
      const [type, code] = numbers.split('/').map(Number);
      return (packet) =>
        packet.protocol === protocol &&
        (packet.icmpType === type && (code === undefined || packet.icmpCode === code)) !== one.negated;
    },
  };
}

/** `-m icmp` */
export const icmp = module('icmp', { option: '--icmp-type', protocol: 'icmp', names: icmpNames });
/** `-m icmp6` */
export const icmp6 = module('icmp6', { option: '--icmpv6-type', protocol: 'icmpv6', names: icmp6Names });
