/** Names that iptables and ip write for protocols, by number and by other names of /etc/protocols. */
const names: Readonly<Record<string, string>> = {
  '0': 'all',
  ip: 'all',
  '1': 'icmp',
  '2': 'igmp',
  '4': 'ipencap',
  ipip: 'ipencap',
  '6': 'tcp',
  '17': 'udp',
  '33': 'dccp',
  '41': 'ipv6',
  '47': 'gre',
  '50': 'esp',
  '51': 'ah',
  '58': 'icmpv6',
  'ipv6-icmp': 'icmpv6',
  icmp6: 'icmpv6',
  '89': 'ospf',
  ospfigp: 'ospf',
  '112': 'vrrp',
  '115': 'l2tp',
  '132': 'sctp',
  '136': 'udplite',
};

/** The one name of a protocol that has several: `tcp` for `6`, `icmpv6` for `ipv6-icmp`, `all` for `0`. */
export function protocolName(text: string): string {
  const lower = text.toLowerCase();
  return names[lower] ?? lower;
}

/** Whether packets of the protocol carry ports. */
export function hasPorts(protocol: string): boolean {
  return ['tcp', 'udp', 'sctp', 'dccp', 'udplite'].includes(protocol);
}

const services: Readonly<Record<string, number>> = {
  ftp: 21,
  ssh: 22,
  telnet: 23,
  smtp: 25,
  domain: 53,
  bootps: 67,
  bootpc: 68,
  http: 80,
  ntp: 123,
  https: 443,
};

/** The port that a number or a name of /etc/services means; undefined if none. */
export function portNumber(text: string): number | undefined {
  if (/^\d{1,5}$/.test(text)) return Number(text) > 65535 ? undefined : Number(text);
  return services[text];
}
