import { familyOf, hostPort, type IP } from '../../net/address.ts';
import { add, certain, type Fraction } from '../fraction.ts';
import type { Course, Ending, Happening } from './course.ts';
import type { NodeDump } from './node.ts';
import { begin, type Ground } from './path.ts';
import { hasPorts } from './protocols.ts';
import { followReply, type ReplyWay } from './reply.ts';
import type { Packet, RuleHit, WalkOutcome, WalkQuestion, World } from './types.ts';
import { routingFor, worldOf } from './world.ts';

/** A client's port of the range that Linux takes them from. */
const clientPort = 40_000;

/** One thing that may become of a connection. */
export interface WalkPrediction {
  readonly outcome: WalkOutcome;
  /** `ip:port` where the packet ends up; its own destination if nothing rewrote it. */
  readonly endpoint: string;
  /** Source address that the packet carries then; absent when the dump does not tell. */
  readonly source?: IP;
  readonly share: Fraction;
}

/** One way of the packet with all that happened on it. */
export interface WalkPath extends WalkPrediction {
  readonly why: string;
  /** Whether a process of the node is to get it; a dump does not tell whether one listens. */
  readonly local: boolean;
  /** The packet as it is where this way ends. */
  readonly packet: Packet;
  /** How a packet that leaves the node does so. */
  readonly leavesBy?: { readonly device: string | undefined; readonly gateway?: IP };
  readonly trail: readonly Happening[];
  /** What happened to the answer on its way back; empty when there is none. */
  readonly reply: readonly Happening[];
  readonly replyWhy?: string;
}

/** The answer to one question. */
export interface Walk {
  readonly question: WalkQuestion;
  /** Equal ends of several paths are one. Most likely first. */
  readonly predicted: readonly WalkPrediction[];
  readonly paths: readonly WalkPath[];
  /** Every rule that the packet meets on one of its ways, in the order of the first one that meets it. */
  readonly rules: readonly RuleHit[];
  /** The same of the answers. */
  readonly replyRules: readonly RuleHit[];
  /** Rules that the packet would meet if others had not decided before. */
  readonly shadowed: readonly RuleHit[];
  /** What the dump lacks and was taken for granted. */
  readonly assumed: readonly string[];
}

/** What of an answer is wanted. */
export interface WalkOptions {
  /** Whether to find rules that would have matched, too. */
  readonly shadowed?: boolean;
}

function icmpFields(protocol: string): Pick<Packet, 'icmpType' | 'icmpCode'> {
  if (protocol === 'icmp') return { icmpType: 8, icmpCode: 0 };
  return protocol === 'icmpv6' ? { icmpType: 128, icmpCode: 0 } : {};
}

/** The first packet of the connection that the question asks about. */
export function firstPacket({ source, destination, protocol, port, inInterface }: WalkQuestion): Packet {
  const ports = hasPorts(protocol)
    ? { sourcePort: clientPort, ...(port === undefined ? {} : { destinationPort: port }) }
    : {};
  return {
    family: familyOf(destination),
    protocol,
    source,
    destination,
    ...ports,
    ...icmpFields(protocol),
    mark: 0,
    ...(inInterface === undefined ? {} : { inInterface }),
    connection: {
      state: 'none',
      direction: 'original',
      original: { source, destination, ...ports },
      dnat: false,
      snat: false,
      mark: 0,
    },
    remembered: new Map(),
  };
}

function endpointOf({ outcome, course: { packet } }: Ending): string {
  const { destination, destinationPort, socket } = packet;
  const to = outcome === 'delivered' && socket !== undefined ? socket : { address: destination, port: destinationPort };
  return to.port === undefined ? to.address : hostPort(to.address, to.port);
}

function replyLost({ endings, lost }: ReplyWay): string | undefined {
  if (lost !== undefined) return lost;
  const all = endings.length > 0 && endings.every(({ outcome }) => outcome !== 'delivered' && outcome !== 'unknown');
  return all ? `the answer is ${endings[0]?.outcome}: ${endings[0]?.why}` : undefined;
}

function pathOf(ending: Ending, start: Packet, ground: Ground): { path: WalkPath; reply: ReplyWay | undefined } {
  const { course, outcome, why } = ending;
  const reply = outcome === 'delivered' ? followReply(ending, start, ground) : undefined;
  const lost = reply === undefined ? undefined : replyLost(reply);
  const replyWhy = lost ?? reply?.endings[0]?.why;
  const path: WalkPath = {
    outcome: lost === undefined ? outcome : 'dropped',
    endpoint: endpointOf(ending),
    ...(course.sourceUnknown === true ? {} : { source: course.packet.source }),
    share: course.share,
    why: lost === undefined ? why : `${why}, but ${lost}`,
    local: ending.at !== undefined && 'local' in ending.at,
    packet: course.packet,
    ...(ending.at !== undefined && 'device' in ending.at ? { leavesBy: ending.at } : {}),
    trail: course.trail,
    reply: reply?.endings[0]?.course.trail ?? [],
    ...(replyWhy === undefined ? {} : { replyWhy }),
  };
  return { path, reply };
}

function mergedPredictions(paths: readonly WalkPath[]): WalkPrediction[] {
  const byEnd = new Map<string, WalkPrediction>();
  for (const { outcome, endpoint, source, share } of paths) {
    const key = `${outcome} ${endpoint} ${source}`;
    const known = byEnd.get(key);
    byEnd.set(key, {
      outcome,
      endpoint,
      ...(source === undefined ? {} : { source }),
      share: known === undefined ? share : add(known.share, share),
    });
  }
  return [...byEnd.values()].sort((a, b) => compareShares(b.share, a.share));
}

function compareShares(a: Fraction, b: Fraction): number {
  const difference = a.numerator * b.denominator - b.numerator * a.denominator;
  return difference > 0n ? 1 : difference < 0n ? -1 : 0;
}

function uniqueHits(hits: Iterable<RuleHit>): RuleHit[] {
  const seen = new Map<string, RuleHit>();
  for (const hit of hits) {
    const key = `${hit.line} ${hit.verdict}`;
    if (!seen.has(key)) seen.set(key, hit);
  }
  return [...seen.values()];
}

function hitsOf(trail: readonly Happening[]): RuleHit[] {
  return trail.flatMap((one) => (one.kind === 'rule' ? [one.hit] : []));
}

/** What becomes of the connection by the rules, routes and sysctls of the node's dump alone. */
export function walk(node: NodeDump, question: WalkQuestion, { shadowed = false }: WalkOptions = {}): Walk {
  const nodeRouting = routingFor(node, question);
  const ground: Ground = { node, world: worldOf(node, nodeRouting, shadowed) };
  const start: Course = {
    packet: firstPacket(question),
    share: certain,
    trail: [],
    shadowed: [],
    assumed: nodeRouting.knowsAddresses ? oddSender(node, question, ground.world) : [unknownAddresses(question)],
    natted: { destination: false, source: false },
  };
  const { endings } = begin(start, ground);
  const found = endings.map((ending) => pathOf(ending, start.packet, ground));
  const paths = found.map(({ path }) => path);
  const replies = found.flatMap(({ reply }) => reply?.endings ?? []);
  const assumed = [
    ...endings.flatMap(({ course }) => course.assumed),
    ...replies.flatMap(({ course }) => course.assumed),
    ...found.flatMap(({ reply }) => reply?.assumed ?? []),
  ];
  const rules = uniqueHits(paths.flatMap(({ trail }) => hitsOf(trail)));
  const lines = new Set(rules.map(({ line }) => line));
  return {
    question,
    predicted: mergedPredictions(paths),
    paths,
    rules,
    replyRules: uniqueHits(replies.flatMap(({ course }) => hitsOf(course.trail))),
    shadowed: uniqueHits(endings.flatMap(({ course }) => course.shadowed)).filter(({ line }) => !lines.has(line)),
    assumed: [...new Set(assumed)],
  };
}

/** What of the question does not fit the node: an interface that it has not, a sender that is not its own. */
function oddSender({ interfaces, routes }: NodeDump, { source, inInterface }: WalkQuestion, world: World): string[] {
  if (inInterface === undefined) {
    if (world.addressType(source) === 'local') return [];
    return [`${source} is no address of the node: without --in INTERFACE, the node itself sends from it all the same.`];
  }
  const isKnown =
    interfaces === undefined ||
    interfaces.devices.includes(inInterface) ||
    routes?.some(({ hops }) => hops.some(({ device }) => device === inInterface)) === true;
  return isKnown ? [] : [`The dump names no interface ${inInterface}: it has neither an address nor a route.`];
}

function unknownAddresses({ destination, source, inInterface, port }: WalkQuestion): string {
  const own = [
    ...(inInterface === undefined ? [source] : []),
    ...((port ?? 0) >= 30_000 && (port ?? 0) <= 32_767 ? [destination] : []),
  ];
  const which =
    own.length === 0
      ? 'none of the addresses here is the node’s own'
      : `the node’s own are ${[...new Set(own)].join(' and ')}`;
  return `The dump does not tell the addresses of the node (### ip -o addr show): ${which}.`;
}
