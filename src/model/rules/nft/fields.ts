import { type DataType, dataType } from './data-types.ts';

function group(prefix: string, types: Readonly<Record<string, string>>): [string, DataType][] {
  return Object.entries(types).flatMap(([type, names]) =>
    names.split(' ').map((name): [string, DataType] => [`${prefix} ${name}`, dataType(type)]),
  );
}

const ports = { inet_service: 'sport dport' };
const icmpNumbers = 'code id sequence mtu gateway checksum';
const tcpNumbers = 'sequence ackseq doff reserved window checksum urgptr';
const ctAddresses = { ipv4_addr: 'saddr daddr', inet_service: 'proto-src proto-dst', inet_proto: 'protocol' };

/** Types of the fields of a packet, by the names that nft gives them (nft(8), "Payload expressions", "Meta", "Ct"). */
const types = new Map<string, DataType>([
  ...group('ip', {
    ipv4_addr: 'saddr daddr',
    inet_proto: 'protocol',
    integer: 'version hdrlength dscp ecn length id frag-off ttl checksum',
  }),
  ...group('ip6', {
    ipv6_addr: 'saddr daddr',
    inet_proto: 'nexthdr',
    integer: 'version dscp ecn flowlabel length hoplimit',
  }),
  ...group('th', ports),
  ...group('tcp', { ...ports, tcp_flag: 'flags', integer: tcpNumbers }),
  ...group('udp', { ...ports, integer: 'length checksum' }),
  ...group('udplite', { ...ports, integer: 'checksum' }),
  ...group('sctp', { ...ports, integer: 'vtag checksum' }),
  ...group('dccp', { ...ports, integer: 'type' }),
  ...group('icmp', { icmp_type: 'type', integer: icmpNumbers }),
  ...group('icmpv6', { icmpv6_type: 'type', integer: icmpNumbers }),
  ...group('ether', { ether_addr: 'saddr daddr', ether_type: 'type' }),
  ...group('meta', {
    mark: 'mark',
    ifname: 'iif oif iifname oifname ibrname obrname sdifname',
    inet_proto: 'l4proto',
    nf_proto: 'nfproto',
    ether_type: 'protocol',
    pkt_type: 'pkttype',
    integer: 'length skuid skgid cpu iifgroup oifgroup cgroup rtclassid sdif',
    words: 'iiftype oiftype iifkind oifkind priority nftrace day hour time secmark',
  }),
  ...group('ct', {
    ct_state: 'state',
    ct_status: 'status',
    ct_dir: 'direction',
    mark: 'mark',
    inet_proto: 'protocol',
    nf_proto: 'l3proto',
    integer: 'zone id bytes packets avgpkt',
    words: 'helper label expiration secmark',
  }),
  ...group('ct original', ctAddresses),
  ...group('ct reply', ctAddresses),
  ...group('ct original ip', { ipv4_addr: 'saddr daddr' }),
  ...group('ct original ip6', { ipv6_addr: 'saddr daddr' }),
  ...group('ct reply ip', { ipv4_addr: 'saddr daddr' }),
  ...group('ct reply ip6', { ipv6_addr: 'saddr daddr' }),
  ...group('socket', { integer: 'transparent wildcard', mark: 'mark' }),
  ...group('rt', { words: 'nexthop classid mtu ipsec' }),
]);

/** Words that begin the name of a field. */
export const fieldGroups: ReadonlySet<string> = new Set([...types.keys()].map((name) => name.split(' ', 1)[0] ?? ''));

/** Names of `meta` that nft also takes without that word. */
export const bareMeta: ReadonlySet<string> = new Set(
  'mark iif oif iifname oifname skuid skgid pkttype cpu iifgroup oifgroup cgroup rtclassid iiftype oiftype'.split(' '),
);

/** Type of the field of this name; undefined when svclab does not know the field. */
export function fieldType(name: string): DataType | undefined {
  return types.get(name);
}
