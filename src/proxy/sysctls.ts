import type { Sysctl } from '../plan/desired.ts';
import { nodePortAddresses } from './node-ports.ts';
import type { ProxyInput } from './types.ts';

function value(key: string, number: number | undefined): readonly Sysctl[] {
  return number === undefined ? [] : [{ key, value: String(number) }];
}

/** Whether NodePorts are also reached through 127.0.0.1: IPv4 in iptables mode, unless configured away. */
export function servesLocalhostNodePorts(input: ProxyInput): boolean {
  const { family, config } = input;
  if (family !== 'ipv4' || config.mode !== 'iptables') return false;
  if (input.release !== '1.36') return true;
  return config.localhostNodePorts && nodePortAddresses(input, 'all').includesIPv4Loopback;
}

/**
 * The sysctls of the node's network namespace that kube-proxy sets. `nf_conntrack_max` and the hash size are left out:
 * they belong to the whole machine. Equivalent: `sysctl -w KEY=VALUE`.
 */
export function proxySysctls(input: ProxyInput): readonly Sysctl[] {
  const { conntrack } = input.config;
  const prefix = 'net.netfilter.nf_conntrack';
  return [
    ...value('net.ipv4.conf.all.route_localnet', servesLocalhostNodePorts(input) ? 1 : undefined),
    ...value(`${prefix}_tcp_timeout_established`, conntrack.tcpEstablishedTimeout || undefined),
    ...value(`${prefix}_tcp_timeout_close_wait`, conntrack.tcpCloseWaitTimeout || undefined),
    ...value(`${prefix}_tcp_be_liberal`, conntrack.tcpBeLiberal ? 1 : undefined),
    ...value(`${prefix}_udp_timeout`, conntrack.udpTimeout),
    ...value(`${prefix}_udp_timeout_stream`, conntrack.udpStreamTimeout),
  ];
}
