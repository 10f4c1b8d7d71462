import type { ClusterView } from '../../cluster/view.ts';
import { parseNode } from '../../model/rules/node.ts';
import { parseSocketAddress } from '../../net/socket-address.ts';
import { IPPROTO } from '../../packet/ip.ts';
import type { IPPacket } from '../../packet/types.ts';
import { fabricNetns } from '../../plan/names.ts';
import { compareRules } from '../../trace/compare-rules.ts';
import type { Ways } from '../../trace/hops.ts';
import type { TraceComparison, TraceHop } from '../../trace/types.ts';
import type { Place } from './places.ts';

const protocolNames: Readonly<Record<number, string>> = {
  [IPPROTO.icmp]: 'icmp',
  [IPPROTO.tcp]: 'tcp',
  [IPPROTO.udp]: 'udp',
  [IPPROTO.icmpv6]: 'icmpv6',
  [IPPROTO.sctp]: 'sctp',
};

/** The interface that rules see the packet come in by: of the Pods' bridge the bridge itself. Absent for the node's own. */
function inInterface(hop: TraceHop, place: Place, bridge: string): string | undefined {
  const [first] = hop.events;
  if (first?.event !== 'packet' || first.direction !== 'in') return undefined;
  const ins = hop.events.flatMap((event) => (event.event === 'packet' && event.direction === 'in' ? [event] : []));
  const last = ins.findLast((event) => event.interface !== 'lo')?.interface ?? first.interface;
  return place.peers.get(last)?.startsWith('pod/') === true ? bridge : last;
}

type Question = Parameters<typeof compareRules>[2];

/** Both ends as the packet had them when it came to the place; `made` is the packet as the place itself made it. */
function endsOf({ events: [first] }: TraceHop, made: IPPacket | undefined): Omit<Question, 'protocol'> | undefined {
  if (first?.event !== 'packet' || first.direction !== 'in') {
    if (made === undefined) return undefined;
    const { source, destination, destinationPort: port } = made;
    return { source, destination, ...(port === undefined ? {} : { port }) };
  }
  const source = parseSocketAddress(first.source, 0)?.address;
  const to = parseSocketAddress(first.destination, 0);
  if (source === undefined || to === undefined) return undefined;
  return { source, destination: to.address, ...(to.port === 0 ? {} : { port: to.port }) };
}

/** Compares the rules that the request met at each node with a walk over the node's dump. */
export function rulesCompared(
  { request, arrivals }: Ways,
  places: readonly Place[],
  dumps: ReadonlyMap<string, { readonly text: string }>,
  { lab }: ClusterView,
): readonly TraceComparison[] {
  return request.flatMap((hop) => {
    const place = places.find(({ where }) => where === hop.where);
    const dump = dumps.get(hop.where);
    const made = arrivals.get(hop.where);
    const ends = endsOf(hop, made);
    if (place === undefined || dump === undefined || ends === undefined || made === undefined) return [];
    if (hop.where === fabricNetns) return [];
    const device = inInterface(hop, place, lab.bridge);
    const protocol = protocolNames[made.protocol] ?? String(made.protocol);
    const asked = { ...ends, protocol, ...(device === undefined ? {} : { inInterface: device }) };
    return compareRules(hop, parseNode(dump.text, hop.where), asked) ?? [];
  });
}
