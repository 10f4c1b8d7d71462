import type { Flow } from '../kernel/netlink/conntrack.ts';
import { hostPort, type IP } from '../net/address.ts';
import { IPPROTO } from '../packet/ip.ts';
import type { NatRecord } from './types.ts';

function socketText({ protocol }: Flow, ip: IP, port: number): string {
  return protocol === IPPROTO.icmp || protocol === IPPROTO.icmpv6 ? ip : hostPort(ip, port);
}

/** What conntrack of one place recorded of the connection that had one of the tuples there, if it recorded it. */
export function natRecord(where: string, flows: readonly Flow[], tuples: ReadonlySet<string>): NatRecord | undefined {
  for (const flow of flows) {
    const { original, reply } = flow;
    const source = socketText(flow, original.source, original.sourcePort);
    const destination = socketText(flow, original.destination, original.destinationPort);
    if (!tuples.has(`${flow.protocol} ${source} ${destination}`)) continue;
    const newSource = socketText(flow, reply.destination, reply.destinationPort);
    const newDestination = socketText(flow, reply.source, reply.sourcePort);
    return { where, source, destination, newSource, newDestination };
  }
  return undefined;
}
