import { type Course, withHappening } from './course.ts';
import type { Packet } from './types.ts';

function destinationBack(packet: Packet): Packet {
  const { source, sourcePort } = packet.connection.original;
  return { ...packet, destination: source, ...(sourcePort === undefined ? {} : { destinationPort: sourcePort }) };
}

function sourceBack(packet: Packet): Packet {
  const { destination, destinationPort } = packet.connection.original;
  return { ...packet, source: destination, ...(destinationPort === undefined ? {} : { sourcePort: destinationPort }) };
}

/**
 * Turns NAT around in an answer, as conntrack does: its destination becomes the first sender, its source the address
 * that was asked.
 */
export function undoTranslation(course: Course, destination: boolean): Course {
  const { packet } = course;
  const back = destination ? destinationBack(packet) : sourceBack(packet);
  const [old, now] = destination ? [packet.destination, back.destination] : [packet.source, back.source];
  if (old === now && packet.sourcePort === back.sourcePort && packet.destinationPort === back.destinationPort)
    return course;
  const text = `${destination ? 'destination' : 'source'} ${old} → ${now}, as conntrack remembers it`;
  const rerouted = destination && old !== now ? { reroute: true as const } : {};
  return withHappening({ ...course, ...rerouted, packet: back }, { kind: 'nat', text });
}
