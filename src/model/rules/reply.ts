import { certain } from '../fraction.ts';
import type { Course, Ending } from './course.ts';
import { networkHas } from './network.ts';
import { begin, type Ground } from './path.ts';
import type { Packet } from './types.ts';

/** What becomes of the answer to a packet that was delivered. */
export interface ReplyWay {
  readonly endings: readonly Ending[];
  /** Why the client never understands the answer, when it does not. */
  readonly lost?: string;
  readonly assumed: readonly string[];
}

/** The answer as the endpoint sends it. */
function answerTo(packet: Packet, inInterface: string | undefined): Packet {
  const { source, destination, sourcePort, destinationPort, connection } = packet;
  const { socket: _, outInterface: __, inInterface: ___, icmpType, ...rest } = packet;
  return {
    ...rest,
    source: destination,
    destination: source,
    ...(destinationPort === undefined ? {} : { sourcePort: destinationPort }),
    ...(sourcePort === undefined ? {} : { destinationPort: sourcePort }),
    ...(icmpType === undefined ? {} : { icmpType: icmpType === 128 ? 129 : 0, icmpCode: 0 }),
    mark: 0,
    remembered: new Map(),
    connection: {
      ...connection,
      direction: 'reply',
      state: connection.state === 'new' ? 'established' : connection.state,
    },
    ...(inInterface === undefined ? {} : { inInterface }),
  };
}

/** Whether endpoint and client are in one network behind one interface, so that answers need not pass the node. */
function areNeighbours({ node }: Ground, { source, destination }: Packet, device: string): boolean {
  const networks = (node.interfaces?.addresses ?? []).filter((one) => one.device === device);
  return networks.some(({ network }) => networkHas(network, source) && networkHas(network, destination));
}

/** How an answer goes past the node where client and endpoint hang at the same bridge. */
function besideTheNode(ending: Ending, cameIn: string, ground: Ground): Pick<ReplyWay, 'lost' | 'assumed'> | undefined {
  const { packet } = ending.course;
  const { dnat, snat } = packet.connection;
  if (!dnat || snat || packet.outInterface !== cameIn || !areNeighbours(ground, packet, cameIn)) return undefined;
  const name = `net.bridge.bridge-nf-call-ip${packet.family === 'ipv4' ? '' : '6'}tables`;
  const value = ground.world.sysctl(name);
  if (value === undefined) {
    return { assumed: [`${name} is 1: answers between neighbours on ${cameIn} pass the node's conntrack.`] };
  }
  if (value !== '0') return { assumed: [] };
  const from = packet.destination;
  return {
    lost: `the answer goes from ${from} to ${packet.source} over ${cameIn} without conntrack (${name} is 0), so that it comes from the wrong address`,
    assumed: [],
  };
}

/**
 * Follows the answer to a delivered packet back through the node; shares are those among answers of this packet. What
 * was sent to a group has no answer of its own: who gets it answers from another address.
 */
export function followReply(ending: Ending, start: Packet, ground: Ground): ReplyWay {
  const { course, at } = ending;
  const type = ground.world.addressType(course.packet.destination);
  if (at === undefined || type === 'broadcast' || type === 'multicast') return { endings: [], assumed: [] };
  const beside = start.inInterface === undefined ? undefined : besideTheNode(ending, start.inInterface, ground);
  if (beside?.lost !== undefined) return { endings: [], ...beside };
  const inInterface = 'local' in at ? undefined : (at.device ?? 'an unknown interface');
  const reply: Course = {
    packet: answerTo(course.packet, inInterface),
    share: certain,
    trail: [],
    shadowed: [],
    assumed: [],
    natted: { destination: true, source: true },
  };
  const { endings } = begin(reply, ground);
  return { endings, assumed: beside?.assumed ?? [] };
}
