import type { LoggedPacket } from '../kernel/netlink/nflog.ts';
import type { NftTraceEvent } from '../kernel/netlink/nft-trace.ts';
import { decodeNetwork } from '../packet/ethernet.ts';
import { decodeIP } from '../packet/ip.ts';
import type { IPPacket } from '../packet/types.ts';
import { unwrapVxlan } from '../packet/vxlan.ts';
import { passesOf } from './passes.ts';
import type { RuleBook } from './rule-book.ts';
import {
  destinationText,
  isAnswerTo,
  isOpening,
  isSame,
  kindOf,
  type Sighting,
  sourceText,
  tupleOf,
} from './sighting.ts';
import type { TracedPacket, TracedRule, TraceEvent, TraceHop } from './types.ts';

/** A packet as it passed an interface of a place. */
export interface PassedFrame {
  readonly interface: string;
  readonly direction: 'in' | 'out';
  readonly etherType: number;
  /** From the network header on. */
  readonly data: Buffer;
}

/** All that was seen at one place: what passed its interfaces, and what Netfilter told. */
export interface SeenAt {
  readonly where: string;
  /** Which place is at the other end of a link. */
  readonly peers: ReadonlyMap<string, string>;
  /** In the order in which they passed. */
  readonly frames: readonly PassedFrame[];
  readonly logged: readonly LoggedPacket[];
  readonly traced: readonly NftTraceEvent[];
  readonly book: RuleBook;
}

interface Passed extends Sighting {
  readonly where: string;
  readonly frame: PassedFrame;
}

function sightings({ where, frames }: SeenAt, vxlanPort: number | undefined): Passed[] {
  return frames.flatMap((frame) => {
    const outer = decodeNetwork(frame.etherType, frame.data);
    if (outer === undefined) return [];
    const vxlan = vxlanPort === undefined ? undefined : unwrapVxlan(outer, vxlanPort);
    if (vxlan === undefined) return [{ where, frame, packet: outer }];
    return [{ where, frame, packet: vxlan.inner, wrapper: { outer, vni: vxlan.vni } }];
  });
}

function packetEvent({ frame, packet, wrapper }: Passed): TracedPacket {
  return {
    event: 'packet',
    direction: frame.direction,
    interface: frame.interface,
    source: sourceText(packet),
    destination: destinationText(packet),
    kind: kindOf(packet),
    ...(wrapper === undefined
      ? {}
      : {
          vxlan: {
            vni: wrapper.vni,
            source: sourceText(wrapper.outer),
            destination: destinationText(wrapper.outer),
          },
        }),
  };
}

/** Visits of one packet to a place: what comes in after something has gone out begins another; the loopback device does not. */
function visitsTo(passed: readonly Passed[]): Passed[][] {
  const found: Passed[][] = [];
  for (const one of passed) {
    const last = found.at(-1)?.at(-1);
    const goesOn = one.frame.direction === 'out' || last?.frame.direction === 'in' || one.frame.interface === 'lo';
    if (last !== undefined && goesOn) found.at(-1)?.push(one);
    else found.push([one]);
  }
  return found;
}

/** The visits in the order in which the packet made them, from link to link, beginning at a place. */
function inOrder(places: readonly SeenAt[], visits: ReadonlyMap<string, Passed[][]>, start: string): Passed[][] {
  const peers = new Map(places.map((place) => [place.where, place.peers]));
  const way: Passed[][] = [];
  for (let where: string | undefined = start; where !== undefined; ) {
    const visit: Passed[] | undefined = visits.get(where)?.shift();
    if (visit === undefined) return way;
    way.push(visit);
    const links: string[] = visit.filter(({ frame }) => frame.direction === 'out').map(({ frame }) => frame.interface);
    const next = peers.get(where);
    where = links.map((link) => next?.get(link) ?? '').findLast((peer) => (visits.get(peer)?.length ?? 0) > 0);
  }
  return way;
}

/** Whether the packet came to the next interface with other addresses than to this one. */
function isTranslated(one: TracedPacket | undefined, next: TracedPacket): boolean {
  return one !== undefined && (one.source !== next.source || one.destination !== next.destination);
}

/**
 * What happened during one visit: what came in, the rules, what went out; once more after the loopback device. On a
 * bridge PREROUTING comes before the bridge's own interface.
 */
function eventsOf(visit: readonly Passed[], passes: readonly (readonly TracedRule[])[]): TraceEvent[] {
  const packets = visit.map(packetEvent);
  const rest = passes.map((rules) => [...rules]);
  const events: TraceEvent[] = [];
  const early = (rules: TracedRule[]) => rules.splice(0, rules.filter(({ hook }) => hook === 'PREROUTING').length);
  for (let at = 0; at < packets.length || rest.length > 0; ) {
    for (let next = packets[at]; next?.direction === 'in'; next = packets[++at]) {
      if (packets[at - 1]?.direction === 'in' && isTranslated(packets[at - 1], next))
        events.push(...early(rest[0] ?? []));
      events.push(next);
    }
    events.push(...(rest.shift() ?? []));
    for (let next = packets[at]; next?.direction === 'out'; next = packets[++at]) events.push(next);
  }
  return events;
}

/** Knows one packet, at whatever place. */
type IsIt = (packet: IPPacket, where: string) => boolean;

/** The way of the packet that `isIt` knows, from its first place on. */
function wayOf(places: readonly SeenAt[], passed: readonly Passed[], isIt: IsIt, start: string): TraceHop[] {
  const mine = Map.groupBy(
    passed.filter(({ packet, where }) => isIt(packet, where)),
    ({ where }) => where,
  );
  const way = inOrder(places, new Map([...mine].map(([where, all]) => [where, visitsTo(all)])), start);
  const open = new Map(
    places.map((place) => [place.where, [...passesOf(place, (packet) => isIt(packet, place.where), place.book)]]),
  );
  const stopped = way.length === 0 ? (open.get(start) ?? []) : [];
  if (stopped.length > 0) return [{ where: start, events: stopped.flat() }];
  return way.map((visit, at) => {
    const where = visit[0]?.where ?? '';
    const passes = open.get(where) ?? [];
    const last = !way.slice(at + 1).some(([next]) => next?.where === where);
    return { where, events: eventsOf(visit, passes.splice(0, last ? passes.length : 1)) };
  });
}

/** Packets as Netfilter met them; the marking table comes before any NAT. */
function toldPackets({ logged, traced }: SeenAt): IPPacket[] {
  const headers = [...traced.flatMap(({ packet }) => packet ?? []), ...logged.map(({ payload }) => payload)];
  return headers.map(decodeIP).filter((packet) => packet !== undefined);
}

/** The ways of one connection's first packet and of the first that came back. */
export interface Ways {
  readonly request: readonly TraceHop[];
  readonly answer: readonly TraceHop[];
  /** Tuples of the request at each place, for finding what conntrack recorded there. */
  readonly tuples: ReadonlyMap<string, ReadonlySet<string>>;
  /** The request as each place with rules first met it, before any NAT there. */
  readonly arrivals: ReadonlyMap<string, IPPacket>;
}

/** The way of the answer; it begins where the request came to, or else where it was seen to go out without coming in. */
function answerWay(places: readonly SeenAt[], passed: readonly Passed[], isAnswer: IsIt, end: string): TraceHop[] {
  const answers = passed.filter(({ packet, where }) => isAnswer(packet, where));
  const made = [...Map.groupBy(answers, ({ where }) => where).values()].flatMap(([first]) =>
    first?.frame.direction === 'out' ? [first] : [],
  );
  const start = made.find(({ where }) => where === end) ?? made[0];
  if (start === undefined) return [];
  return wayOf(places, passed, (packet, where) => isAnswer(packet, where) && isSame(start.packet, packet), start.where);
}

/**
 * Follows the traced connection over all places: `from` sent its first packet. Packets of other connections are not
 * taken for it: its first packet carries the mark and its own sequence number or identification, and the answer is known
 * at each place by the addresses that the request had there.
 */
export function followConnection(places: readonly SeenAt[], from: string, vxlanPort: number | undefined): Ways {
  const passed = places.flatMap((place) => sightings(place, vxlanPort));
  const told = places.flatMap((place) => toldPackets(place).map((packet) => ({ where: place.where, packet })));
  const isFirst = ({ where, packet }: { where: string; packet: IPPacket }) => where === from && isOpening(packet);
  const first = (passed.find(isFirst) ?? told.find(isFirst))?.packet;
  if (first === undefined) return { request: [], answer: [], tuples: new Map(), arrivals: new Map() };
  const isRequest = (packet: IPPacket) => isOpening(packet) && isSame(first, packet);
  const tuples = new Map<string, Set<string>>(places.map(({ where }) => [where, new Set()]));
  for (const { where, packet } of [...told, ...passed]) if (isRequest(packet)) tuples.get(where)?.add(tupleOf(packet));
  const isAnswer: IsIt = (packet, where) => isAnswerTo(tuples.get(where) ?? new Set(), packet);
  const request = wayOf(places, passed, isRequest, from);
  const arrivals = new Map<string, IPPacket>();
  for (const { where, packet } of told) if (isRequest(packet) && !arrivals.has(where)) arrivals.set(where, packet);
  return { tuples, arrivals, request, answer: answerWay(places, passed, isAnswer, request.at(-1)?.where ?? from) };
}
