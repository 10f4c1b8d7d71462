import { LabError } from '../../../../errors.ts';
import { type IP, ipFromBigInt, ipToBigInt, tryParseIP } from '../../../../net/address.ts';
import type { Packet } from '../../types.ts';
import type { MatchModule } from '../types.ts';
import { firstValue, option } from '../values.ts';

function masked(ip: IP, mask: IP | undefined): IP {
  if (mask === undefined || mask.includes(':') !== ip.includes(':')) return ip;
  return ipFromBigInt(ipToBigInt(ip) & ipToBigInt(mask), ip.includes(':') ? 'ipv6' : 'ipv4');
}

function remember(packet: Packet, key: string, count: number): Packet {
  return { ...packet, remembered: new Map([...packet.remembered, [key, count]]) };
}

/**
 * `-m recent`: lists of addresses that were seen. What they held before the packet came is not in a dump; taken to be
 * nothing about its address.
 */
export const recent: MatchModule = {
  name: 'recent',
  options: {
    '--set': 0,
    '--rcheck': 0,
    '--update': 0,
    '--remove': 0,
    '--reap': 0,
    '--rttl': 0,
    '--rsource': 0,
    '--rdest': 0,
    '--seconds': 1,
    '--hitcount': 1,
    '--name': 1,
    '--mask': 1,
  },
  compile: (options) => {
    const action = options.find(({ name }) => ['--set', '--rcheck', '--update', '--remove'].includes(name));
    if (action === undefined) throw new LabError('usage', '-m recent has none of --set, --rcheck, --update, --remove');
    const list = firstValue(options, '--name') ?? 'DEFAULT';
    const mask = tryParseIP(firstValue(options, '--mask') ?? '');
    const byDestination = option(options, '--rdest') !== undefined;
    const seconds = firstValue(options, '--seconds');
    const hits = Number(firstValue(options, '--hitcount') ?? 1);
    return (packet) => {
      const address = masked(byDestination ? packet.destination : packet.source, mask);
      const key = `recent ${list} ${address}`;
      const count = packet.remembered.get(key) ?? 0;
      if (action.name === '--set') return { matches: !action.negated, packet: remember(packet, key, count + 1) };
      const found = count >= Math.max(1, hits);
      const within = seconds === undefined ? '' : ` within the last ${seconds} s`;
      const assumed = `${address} has not connected${within}; once it has, session affinity and other lists of recent connections may decide otherwise.`;
      if (!found) return { matches: action.negated, ...(count === 0 ? { assumed } : {}) };
      const changed = action.name === '--update' ? count + 1 : action.name === '--remove' ? 0 : count;
      return { matches: !action.negated, packet: remember(packet, key, changed) };
    };
  },
};
