import { clientIPs, underlayOf } from '../../kinds/lab-networks.ts';
import { addressBits, cidrContains, cidrPrefix, familyOf, type IP, ipToBigInt, parseCidr } from '../../net/address.ts';
import { ownSource } from '../route.ts';
import { bridgeIP, isLoopback, lease, nodeIP, podIPs, type Topology } from '../topology.ts';
import type { From } from '../types.ts';

/** The address that a sender would have towards a destination, and the length of its network's prefix. */
interface OwnAddress {
  readonly ip: IP;
  readonly prefix: number;
}

function ofNode(topology: Topology, name: string, destination: IP): OwnAddress | undefined {
  const node = topology.node(name);
  const family = familyOf(destination);
  if (node === undefined || (nodeIP(node, family) === undefined && !isLoopback(destination))) return undefined;
  const ip = ownSource(topology, node, destination);
  const bits = addressBits(family);
  const networks = { bridge: lease(node, family), eth0: underlayOf(topology.view.lab, family) };
  const network =
    ip === bridgeIP(node, family) ? networks.bridge : ip === nodeIP(node, family) ? networks.eth0 : undefined;
  return { ip, prefix: network === undefined ? bits : cidrPrefix(network) };
}

/** Source address towards the destination, as connect(2) of a UDP socket tells it; undefined without a route. */
function ownAddress(topology: Topology, from: From, destination: IP): OwnAddress | undefined {
  const family = familyOf(destination);
  const sameFamily = (ip: IP) => familyOf(ip) === family;
  if (from.kind === 'node') return ofNode(topology, from.name, destination);
  if (from.kind === 'client') {
    const client = topology.client(from.name);
    const ip = client === undefined ? undefined : clientIPs(client).find(sameFamily);
    return ip === undefined ? undefined : { ip, prefix: addressBits(family) };
  }
  const pod = topology.pod(from.namespace, from.name);
  const node = topology.node(pod?.spec.nodeName ?? '');
  if (pod === undefined || node === undefined) return undefined;
  if (pod.spec.hostNetwork === true) return ofNode(topology, node.name, destination);
  const ip = podIPs(pod).find(sameFamily);
  const subnet = lease(node, family);
  return ip === undefined ? undefined : { ip, prefix: subnet === undefined ? addressBits(family) : cidrPrefix(subnet) };
}

/** RFC 6724 §2.1, the rows that addresses of a lab can be in: network, precedence, label. */
const policies = [
  { network: parseCidr('::1/128'), precedence: 50, label: 0 },
  { network: parseCidr('fc00::/7'), precedence: 40, label: 6 },
  { network: parseCidr('2002::/16'), precedence: 30, label: 2 },
] as const;

function policyOf(ip: IP): { readonly precedence: number; readonly label: number } {
  if (familyOf(ip) === 'ipv4') return { precedence: 10, label: 4 };
  return policies.find(({ network }) => cidrContains(network, ip)) ?? { precedence: 40, label: 1 };
}

function commonBits(a: IP, b: IP): number {
  const bits = addressBits(familyOf(a));
  const different = (ipToBigInt(a) ^ ipToBigInt(b)).toString(2);
  return different === '0' ? bits : bits - different.length;
}

const anyIPv6 = '::' as IP;

/**
 * Rule 9. For IPv4, glibc (2.36) counts only addresses of the sender's own network, whose size it knows only if the
 * sender has an IPv6 address as well; else the sender's own address is all that is near.
 */
function nearness(destination: IP, { ip, prefix }: OwnAddress, knowsNetworks: boolean): number {
  const common = commonBits(destination, ip);
  if (familyOf(destination) === 'ipv6') return common;
  return common < (knowsNetworks ? prefix : 32) ? 0 : common;
}

/** How much the sender likes a destination, the most important rule first; bigger is better. */
function rankOf(destination: IP, own: OwnAddress | undefined, knowsNetworks: boolean): readonly number[] {
  if (own === undefined) return [0];
  const { precedence, label } = policyOf(destination);
  return [1, policyOf(own.ip).label === label ? 1 : 0, precedence, nearness(destination, own, knowsNetworks)];
}

function better(a: readonly number[], b: readonly number[]): number {
  for (const [at, value] of a.entries()) {
    const other = b[at] ?? 0;
    if (value !== other) return other - value;
  }
  return 0;
}

/**
 * A name's addresses in the order in which programs try them, as getaddrinfo(3) of glibc sorts them by RFC 6724 (rules
 * 1, 5, 6 and 9). Addresses of one group are liked alike: their order is that of the answer, which is another every time.
 */
export function addressOrder(topology: Topology, from: From, addresses: readonly IP[]): readonly (readonly IP[])[] {
  const knowsNetworks = ownAddress(topology, from, anyIPv6) !== undefined;
  const ranked = [...new Set(addresses)].map((ip) => ({
    ip,
    rank: rankOf(ip, ownAddress(topology, from, ip), knowsNetworks),
  }));
  const groups = [...Map.groupBy(ranked, ({ rank }) => rank.join(' ')).values()];
  return groups.sort(([a], [b]) => better(a?.rank ?? [], b?.rank ?? [])).map((group) => group.map(({ ip }) => ip));
}
