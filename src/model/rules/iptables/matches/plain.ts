import { ipvsPassed } from '../../ipvs/parse.ts';
import { isBetween } from '../../network.ts';
import type { MatchModule } from '../types.ts';
import { addressRange, option } from '../values.ts';

/** `-m nfacct`: counts packets and always matches. */
export const nfacct: MatchModule = {
  name: 'nfacct',
  options: { '--nfacct-name': 1 },
  compile: () => () => true,
};

/** `-m socket`: a socket that already talks with the sender; the first packet of a connection has none. */
export const socket: MatchModule = {
  name: 'socket',
  options: { '--transparent': 0, '--nowildcard': 0, '--restore-skmark': 0 },
  compile: () => () => ({ matches: false, assumed: 'No local socket belongs to the connection yet.' }),
};

/** `-m iprange` */
export const iprange: MatchModule = {
  name: 'iprange',
  options: { '--src-range': 1, '--dst-range': 1 },
  compile: (options) => {
    const ranges = options.map((one) => ({ ...one, range: addressRange(one.name, one.values[0] ?? '') }));
    return (packet) =>
      ranges.every(({ name, negated, range: { first, last } }) => {
        const ip = name === '--src-range' ? packet.source : packet.destination;
        return isBetween(ip, first, last) !== negated;
      });
  },
};

/** `-m pkttype`: the packets that are walked are sent to the node alone. */
export const pkttype: MatchModule = {
  name: 'pkttype',
  options: { '--pkt-type': 1 },
  compile: (options) => {
    const one = option(options, '--pkt-type');
    return () => (one?.values[0] === 'unicast') !== (one?.negated === true);
  },
};

/** `-m policy`: IPsec; the packets that are walked come and go without it. */
export const policy: MatchModule = {
  name: 'policy',
  options: { '--dir': 1, '--pol': 1, '--strict': 0, '--reqid': 1, '--spi': 1, '--proto': 1, '--mode': 1 },
  compile: (options) => {
    const one = option(options, '--pol');
    return () => (one?.values[0] === 'none') !== (one?.negated === true);
  },
};

/** `-m ipvs`: packets that the kernel's IPVS has given a real server. Of which virtual server is not looked at. */
export const ipvs: MatchModule = {
  name: 'ipvs',
  options: { '--ipvs': 0, '--vproto': 1, '--vaddr': 1, '--vport': 1, '--vdir': 1, '--vmethod': 1, '--vportctl': 1 },
  compile: (options) => {
    const [first] = options;
    const asksOnly = options.length === 1 && first?.name === '--ipvs';
    const unknown = 'svclab does not tell the virtual servers of IPVS apart in "-m ipvs"';
    return ({ remembered }) => {
      const passed = remembered.has(ipvsPassed);
      if (asksOnly) return passed !== first.negated;
      return passed ? { matches: true, unknown } : false;
    };
  },
};

function headerModule(name: string, options: Readonly<Record<string, number>>): MatchModule {
  return { name, options, compile: () => () => false };
}

/** Matches on headers of IPv6 and IPsec that the packets that are walked do not have. */
export const absentHeaders: readonly MatchModule[] = [
  headerModule('rt', {
    '--rt-type': 1,
    '--rt-segsleft': 1,
    '--rt-len': 1,
    '--rt-0-res': 0,
    '--rt-0-addrs': 1,
    '--rt-0-not-strict': 0,
  }),
  headerModule('frag', {
    '--fragid': 1,
    '--fraglen': 1,
    '--fragres': 0,
    '--fragfirst': 0,
    '--fragmore': 0,
    '--fraglast': 0,
  }),
  headerModule('hbh', { '--hbh-len': 1, '--hbh-opts': 1 }),
  headerModule('dst', { '--dst-len': 1, '--dst-opts': 1 }),
  headerModule('mh', { '--mh-type': 1 }),
  headerModule('ah', { '--ahspi': 1, '--ahlen': 1, '--ahres': 0 }),
  headerModule('esp', { '--espspi': 1 }),
];
