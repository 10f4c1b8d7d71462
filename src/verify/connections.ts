import type { ClusterView } from '../cluster/view.ts';
import { formatFrom, parseDestination } from '../model/target.ts';
import type { From, NamedTo, To } from '../model/types.ts';
import type { Destination } from './destination.ts';
import { destinationsOf } from './destinations.ts';
import { matchingDestinations, matchingSenders } from './filters.ts';
import { isNear, type Sender, sendersOf } from './senders.ts';
import { thin } from './thin.ts';

/** One connection to try. */
export interface Try {
  readonly from: From;
  readonly to: To | NamedTo;
  /** What it is an example of, such as `ClusterIP default/httpd`. */
  readonly about: string;
}

/** Texts of `--from` and `--to`; a target as `explain` takes it, or the beginning of one. */
export interface TryFilters {
  readonly from?: string;
  readonly to?: string;
}

/** Connections that a run tries at most. */
export const connectionsAtMost = 1_500;

function isHairpin(destination: Destination, { pod }: Sender): boolean {
  return pod !== undefined && destination.endpointPods.has(pod);
}

function aboutOf(destination: Destination, from: Sender): string {
  if (destination.kind === 'pod') return `${destination.about} ${isNear(destination, from)}`;
  return destination.kind === 'service' && isHairpin(destination, from)
    ? `${destination.about} (hairpin)`
    : destination.about;
}

function reachable(destination: Destination, from: Sender): boolean {
  return destination.onlyFrom === undefined || destination.onlyFrom === formatFrom(from.from);
}

/**
 * Every kind of client and every way in: Pods, nodes and outside clients; to Pods, ClusterIPs, nodePorts on every node
 * and on 127.0.0.1, external and load balancer addresses, to wrong ports, and with ping. In a big lab a representative
 * set of at most 1,500: each way in stays, senders take turns. Throws `not-found` or `usage` for filters that fit
 * nothing.
 */
export function connectionsToTry(view: ClusterView, filters: TryFilters = {}): readonly Try[] {
  const everybody = sendersOf(view);
  const senders = filters.from === undefined ? everybody : matchingSenders(view, everybody, filters.from);
  const known = destinationsOf(view);
  const wanted = filters.to === undefined ? known : matchingDestinations(known, filters.to);
  if (filters.to !== undefined && wanted.length === 0) return asked(view, senders, filters.to);
  const pairs = thin(wanted, senders, { allowed: reachable, wanted: isHairpin }, connectionsAtMost);
  return pairs.map(([destination, sender]) => ({
    from: sender.from,
    to: destination.to,
    about: aboutOf(destination, sender),
  }));
}

function asked(view: ClusterView, senders: readonly Sender[], text: string): readonly Try[] {
  return senders
    .slice(0, connectionsAtMost)
    .map(({ from }) => ({ from, to: parseDestination(text, view, from), about: `as asked: ${text}` }));
}
