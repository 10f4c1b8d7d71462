import { churn } from './cases/churn.ts';
import { compute } from './cases/compute.ts';
import { dnsFollow } from './cases/dns-follow.ts';
import { dnsLoad } from './cases/dns-load.ts';
import { dnsZone } from './cases/dns-zone.ts';
import { down } from './cases/down.ts';
import { firstPacket } from './cases/first-packet.ts';
import { iptablesChange } from './cases/iptables-change.ts';
import { iptablesFull } from './cases/iptables-full.ts';
import { memory } from './cases/memory.ts';
import { nftablesChange } from './cases/nftables-change.ts';
import { nftablesFull } from './cases/nftables-full.ts';
import { probes } from './cases/probes.ts';
import { upPods } from './cases/up-pods.ts';
import { upQuickstart } from './cases/up-quickstart.ts';
import { verify } from './cases/verify.ts';
import { walkRules } from './cases/walk.ts';
import type { Bench } from './types.ts';

/** All benches, in the order of the tables in the issues. */
export const benches: readonly Bench[] = [
  upQuickstart,
  upPods,
  down,
  probes,
  verify,
  memory,
  compute,
  walkRules,
  iptablesFull,
  iptablesChange,
  nftablesFull,
  nftablesChange,
  churn,
  firstPacket,
  dnsLoad,
  dnsZone,
  dnsFollow,
];
