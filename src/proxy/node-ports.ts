import {
  type Cidr,
  cidrAddress,
  cidrContains,
  cidrPrefix,
  type Family,
  familyOf,
  type IP,
  makeCidr,
} from '../net/address.ts';
import type { ProxyInput, ProxyNode } from './types.ts';

/** Which addresses of the node take NodePort traffic. */
export interface NodePortAddresses {
  /** Every address of the node. */
  readonly matchAll: boolean;
  /** The chosen addresses, sorted, loopback included; empty with matchAll. */
  readonly ips: readonly IP[];
  /** Whether a network asked for is in 127.0.0.0/8, or holds its first address. */
  readonly includesIPv4Loopback: boolean;
}

const zeroCIDR: Readonly<Record<Family, Cidr>> = { ipv4: '0.0.0.0/0' as Cidr, ipv6: '::/0' as Cidr };
const loopbackStart = '127.0.0.0' as IP;
const loopback: Readonly<Record<Family, IP>> = { ipv4: '127.0.0.1' as IP, ipv6: '::1' as IP };

/** Whether the address is a loopback one. */
export function isLoopback(ip: IP): boolean {
  return ip.startsWith('127.') || ip === '::1';
}

/** The node's own address of a family: bindAddress of the configuration, else its first one. */
export function primaryIP({ node, config }: Pick<ProxyInput, 'node' | 'config'>, family: Family): IP | undefined {
  if (config.nodeIP !== undefined && familyOf(config.nodeIP) === family) return config.nodeIP;
  return node.ips.find((ip) => familyOf(ip) === family);
}

function networks(input: ProxyInput, fallback: 'all' | 'primary'): readonly Cidr[] {
  const given = input.config.nodePortAddresses;
  if (given !== 'primary' && (given.length > 0 || fallback === 'all')) {
    return given.filter((cidr) => familyOf(cidr) === input.family);
  }
  const ip = primaryIP(input, input.family);
  return ip === undefined ? [] : [makeCidr(ip, input.family === 'ipv4' ? 32 : 128)];
}

function matching(node: ProxyNode, cidrs: readonly Cidr[], family: Family): readonly IP[] {
  const own = [loopback[family], ...node.ips];
  return [...new Set(own.filter((ip) => cidrs.some((cidr) => cidrContains(cidr, ip))))].sort();
}

/**
 * The addresses that `nodePortAddresses` chooses for the family; without a network of the family, all of them.
 * `fallback` is what an empty list means: `all` in iptables mode, `primary` in nftables mode.
 */
export function nodePortAddresses(input: ProxyInput, fallback: 'all' | 'primary'): NodePortAddresses {
  const { family, node } = input;
  const given = networks(input, fallback);
  const cidrs = given.length === 0 ? [zeroCIDR[family]] : given;
  const matchAll = cidrs.some((cidr) => cidrPrefix(cidr) === 0);
  return {
    matchAll,
    ips: matchAll ? [] : matching(node, cidrs, family),
    includesIPv4Loopback: cidrs.some((cidr) => isLoopback(cidrAddress(cidr)) || cidrContains(cidr, loopbackStart)),
  };
}
