import { add, certain, type Fraction, multiply } from '../../../src/model/fraction.ts';
import type { WalkOutcome, WalkQuestion } from '../../../src/model/rules/types.ts';
import { type WalkPath, walk } from '../../../src/model/rules/walk.ts';
import { hostPort, type IP } from '../../../src/net/address.ts';
import { type Arrival, nextArrival } from './frames.ts';
import type { LabMap } from './lab-map.ts';
import type { Servers } from './servers.ts';

/** One possible end of a connection that has crossed the lab. */
interface Crossing {
  readonly outcome: WalkOutcome;
  /** For delivered only. */
  readonly endpoint?: string;
  readonly source?: IP;
  readonly share: Fraction;
}

/** The lab that connections cross. */
export interface Terrain {
  readonly map: LabMap;
  readonly servers: Servers;
}

interface Leg {
  readonly question: Omit<WalkQuestion, 'inInterface'>;
  readonly at: Arrival | { readonly netns: string; readonly device?: undefined; readonly sender?: undefined };
  readonly share: Fraction;
  readonly legs: number;
}

/** More namespaces than any way through a lab has: what passes so many goes round in circles. */
const legsAtMost = 12;

function delivered({ netns }: Leg['at'], path: WalkPath, share: Fraction, servers: Servers): Crossing {
  const { protocol, destination, destinationPort: port, source } = path.packet;
  const endpoint = port === undefined ? destination : hostPort(destination, port);
  if (port !== undefined && !servers(netns, protocol, port, destination)) return { outcome: 'refused', share };
  return { outcome: 'delivered', endpoint, source, share };
}

function follow(terrain: Terrain, leg: Leg, path: WalkPath): Crossing[] {
  const share = multiply(leg.share, path.share);
  if (path.outcome !== 'delivered') return [{ outcome: path.outcome, share }];
  if (path.local) return [delivered(leg.at, path, share, terrain.servers)];
  const { device, gateway } = path.leavesBy ?? {};
  const { source, destination, destinationPort } = path.packet;
  if (device === undefined) return [{ outcome: 'unknown', share }];
  const cameBy = leg.at.device === device ? leg.at.port : undefined;
  const next = nextArrival(terrain.map, { netns: leg.at.netns, device }, gateway ?? destination, cameBy);
  if (next === undefined) return [{ outcome: 'unreachable', share }];
  const port = destinationPort === undefined ? {} : { port: destinationPort };
  const question = { protocol: leg.question.protocol, source, destination, ...port };
  return go(terrain, { question, at: next, share, legs: leg.legs + 1 });
}

/** A packet that seems to come from the very host that it arrives at leads nowhere: its answer stays there. */
function isOwn({ namespaces }: LabMap, netns: string, source: IP): boolean {
  return namespaces.get(netns)?.addresses.some(({ address }) => address === source) === true;
}

function go(terrain: Terrain, leg: Leg): Crossing[] {
  const { question, at, share, legs } = leg;
  if (legs > legsAtMost) return [{ outcome: 'dropped', share }];
  if (at.device !== undefined && isOwn(terrain.map, at.netns, question.source)) return [{ outcome: 'dropped', share }];
  const dump = terrain.map.dump(at.netns, at.sender);
  const { paths } = walk(dump, at.device === undefined ? question : { ...question, inInterface: at.device });
  return paths.flatMap((path) => follow(terrain, leg, path));
}

function merged(crossings: readonly Crossing[]): readonly Crossing[] {
  const byEnd = new Map<string, Crossing>();
  for (const one of crossings) {
    const key = [one.outcome, one.endpoint, one.source].join(' ');
    const known = byEnd.get(key);
    byEnd.set(key, known === undefined ? one : { ...known, share: add(known.share, one.share) });
  }
  return [...byEnd.values()];
}

/**
 * What becomes of a connection that a process in the namespace makes, by the rules, routes, bridges and tunnels of all
 * namespaces that it crosses, and nothing else: each is walked as a dump of its own.
 */
export function cross(terrain: Terrain, netns: string, question: Leg['question']): readonly Crossing[] {
  return merged(go(terrain, { question, at: { netns }, share: certain, legs: 0 }));
}
