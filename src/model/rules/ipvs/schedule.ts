import { hostPort } from '../../../net/address.ts';
import { multiply } from '../../fraction.ts';
import { assuming, type Course, ended, going, type Progress, withHappening } from '../course.ts';
import type { NodeDump } from '../node.ts';
import type { RuleHit } from '../types.ts';
import { ipvsPassed, type RealServer, type VirtualServer, virtualServerKey } from './parse.ts';

/** The interface on which kube-proxy in mode ipvs has the addresses of Services. */
const ipvsDevice = 'kube-ipvs0';

function hitOf(virtual: VirtualServer, verdict: string): RuleHit {
  return { line: virtual.line, table: 'ipvs', chain: virtual.scheduler, rule: virtual.text, verdict };
}

function assumptionOf({ scheduler, persistence }: VirtualServer, several: boolean): string | undefined {
  if (!several) return undefined;
  if (persistence !== undefined)
    return `The client has no real server of IPVS yet; from its first connection on it keeps that one for ${persistence} s.`;
  if (/^w?rr$/.test(scheduler)) return undefined;
  return `The scheduler ${scheduler} of IPVS gives connections to the real servers by their weights.`;
}

function sentTo(course: Course, virtual: VirtualServer, server: RealServer, share: number, total: number): Course {
  const { packet } = course;
  const { address, port } = server;
  const parts = { numerator: BigInt(share), denominator: BigInt(total) };
  const { socket: _, ...rest } = packet;
  const moved: Course = {
    ...course,
    share: share === total ? course.share : multiply(course.share, parts),
    packet: {
      ...rest,
      destination: address,
      destinationPort: port,
      remembered: new Map([...packet.remembered, [ipvsPassed, 1]]),
      connection: { ...packet.connection, dnat: true },
    },
  };
  const target = hostPort(address, port);
  const from = hostPort(packet.destination, packet.destinationPort ?? 0);
  return withHappening(
    moved,
    { kind: 'rule', hook: 'input', hit: hitOf(virtual, `ipvs ${target}`) },
    { kind: 'nat', text: `destination ${from} → ${target}` },
  );
}

function hasIpvs({ interfaces }: NodeDump): boolean {
  return interfaces?.devices.includes(ipvsDevice) === true;
}

function isNodePort(port: number): boolean {
  return port >= 30_000 && port <= 32_767;
}

/** What is unknown of a packet for the node itself when the dump does not tell the virtual servers. */
function withoutServers(course: Course, node: NodeDump): Progress | undefined {
  const { destination, destinationPort = 0 } = course.packet;
  if (!hasIpvs(node)) return undefined;
  const own = node.interfaces?.addresses.find(({ address }) => address === destination);
  if (own?.device !== ipvsDevice && !isNodePort(destinationPort)) return undefined;
  const why = 'unknown from here on: IPVS of the kernel chooses the endpoint, which the dump lacks (### ipvsadm -Sn)';
  return ended(course, 'unknown', why);
}

/**
 * What IPVS makes of a first packet for the node itself: courses to the real servers with their shares (by weight), an
 * ending, or undefined when no virtual server is meant (ip_vs_in).
 */
export function schedule(course: Course, node: NodeDump): Progress | undefined {
  const { packet } = course;
  const { destination, destinationPort, protocol, connection } = packet;
  if (connection.direction === 'reply' || destinationPort === undefined) return undefined;
  if (node.virtualServers === undefined) return withoutServers(course, node);
  const virtual = node.virtualServers.get(virtualServerKey(protocol, destination, destinationPort));
  if (virtual === undefined) return undefined;
  const servers = virtual.servers.filter(({ weight }) => weight > 0);
  if (servers.length === 0) {
    const hit = { kind: 'rule', hook: 'input', hit: hitOf(virtual, 'refuse') } as const;
    return ended(withHappening(course, hit), 'refused', 'IPVS has no real server for it (ICMP port unreachable)');
  }
  if (servers.some(({ translates }) => !translates))
    return ended(course, 'unknown', 'unknown from here on: IPVS sends it on without rewriting its destination');
  const isEven = virtual.scheduler === 'rr';
  const total = servers.reduce((sum, { weight }) => sum + (isEven ? 1 : weight), 0);
  const told = assuming(course, assumptionOf(virtual, servers.length > 1));
  return going(...servers.map((server) => sentTo(told, virtual, server, isEven ? 1 : server.weight, total)));
}
