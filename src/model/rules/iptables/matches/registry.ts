import type { MatchModule } from '../types.ts';
import { addrtype } from './addrtype.ts';
import { conntrack, state } from './conntrack.ts';
import { icmp, icmp6 } from './icmp.ts';
import { connlimit, hashlimit, limit } from './limit.ts';
import { connmark, mark } from './marks.ts';
import { physdev } from './physdev.ts';
import { absentHeaders, iprange, ipvs, nfacct, pkttype, policy, socket } from './plain.ts';
import { dccp, multiport, sctp, tcp, udp, udplite } from './ports.ts';
import { recent } from './recent.ts';
import { rpfilter } from './rpfilter.ts';
import { set } from './set.ts';
import { statistic } from './statistic.ts';

const all = [
  addrtype,
  conntrack,
  state,
  icmp,
  icmp6,
  connlimit,
  hashlimit,
  limit,
  connmark,
  mark,
  physdev,
  iprange,
  nfacct,
  ipvs,
  pkttype,
  policy,
  socket,
  dccp,
  multiport,
  sctp,
  tcp,
  udp,
  udplite,
  recent,
  rpfilter,
  set,
  statistic,
  ...absentHeaders,
];

/** The matches whose meaning svclab knows, by name. `comment` is no match: the parser keeps it. */
export const matchModules: ReadonlyMap<string, MatchModule> = new Map(all.map((module) => [module.name, module]));
