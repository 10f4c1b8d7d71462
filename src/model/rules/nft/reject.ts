import type { Family } from '../../../net/address.ts';

const icmp: Readonly<Record<string, string>> = {
  'net-unreachable': 'icmp-net-unreachable',
  'host-unreachable': 'icmp-host-unreachable',
  'prot-unreachable': 'icmp-proto-unreachable',
  'port-unreachable': 'icmp-port-unreachable',
  'net-prohibited': 'icmp-net-prohibited',
  'host-prohibited': 'icmp-host-prohibited',
  'admin-prohibited': 'icmp-admin-prohibited',
};
const icmpv6: Readonly<Record<string, string>> = {
  'no-route': 'icmp6-no-route',
  'admin-prohibited': 'icmp6-adm-prohibited',
  'addr-unreachable': 'icmp6-addr-unreachable',
  'port-unreachable': 'icmp6-port-unreachable',
  'policy-fail': 'icmp6-policy-fail',
  'reject-route': 'icmp6-reject-route',
};
/** What `icmpx` says in each family (nft(8), "Reject statement"). */
const icmpx: Readonly<Record<string, Readonly<Record<Family, string>>>> = {
  'port-unreachable': { ipv4: 'icmp-port-unreachable', ipv6: 'icmp6-port-unreachable' },
  'admin-prohibited': { ipv4: 'icmp-admin-prohibited', ipv6: 'icmp6-adm-prohibited' },
  'no-route': { ipv4: 'icmp-net-unreachable', ipv6: 'icmp6-no-route' },
  'host-unreachable': { ipv4: 'icmp-host-unreachable', ipv6: 'icmp6-addr-unreachable' },
};

/** The answer of a `reject with …` in the words of iptables; port unreachable unless the rule says otherwise. */
export function rejectWith(type: string, family: Family): string {
  const [protocol, name = ''] = type.split(' ', 2);
  if (protocol === 'tcp') return 'tcp-reset';
  const known = protocol === 'icmpx' ? icmpx[name]?.[family] : (protocol === 'icmp' ? icmp : icmpv6)[name];
  return known ?? (type === '' ? (icmpx['port-unreachable']?.[family] ?? '') : `${protocol}-${name}`);
}
