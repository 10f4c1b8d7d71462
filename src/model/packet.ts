import type { Protocol } from '../kinds/types/values.ts';
import type { IP } from '../net/address.ts';
import type { Fraction } from './fraction.ts';
import type { Outcome, Step } from './types.ts';

/** The first packet of a connection, as it is at one point of its way. */
export interface Packet {
  readonly protocol: 'tcp' | 'udp' | 'icmp';
  readonly source: IP;
  readonly destination: IP;
  /** Absent for icmp. */
  readonly port?: number;
}

/** One possible course of the packet so far. */
export interface Course {
  readonly packet: Packet;
  readonly steps: readonly Step[];
  readonly probability: Fraction;
  /** Names of the nodes that have routed the packet, to notice a loop. */
  readonly passed: readonly string[];
  /** Set once a Service with session affinity has chosen: where, and for how many idle seconds the choice holds. */
  readonly affinity?: { readonly node: string; readonly seconds: number };
}

/** Where one course ends. */
export interface Ending {
  readonly course: Course;
  readonly outcome: Outcome;
  readonly endpoint?: string;
  readonly pod?: string;
  readonly node?: string;
  readonly source?: IP;
}

/** The course with one more step. */
export function tell(course: Course, where: string, text: string, because?: string): Course {
  const step: Step = because === undefined ? { where, text } : { where, text, because };
  return { ...course, steps: [...course.steps, step] };
}

/** The packet's transport protocol as Services write it; undefined for icmp, which no Service has. */
export function serviceProtocol(packet: Packet): Protocol | undefined {
  if (packet.protocol === 'icmp') return undefined;
  return packet.protocol === 'tcp' ? 'TCP' : 'UDP';
}

/** The last step and the outcome of a course that does not reach anybody. */
export function fail(
  course: Course,
  outcome: Exclude<Outcome, 'delivered'>,
  where: string,
  text: string,
  because?: string,
): Ending[] {
  return [{ course: tell(course, where, text, because), outcome }];
}
