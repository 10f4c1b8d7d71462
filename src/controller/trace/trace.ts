import type { ConnectRequest } from '../../api/types.ts';
import { netnsPath } from '../../kernel/netns.ts';
import { predict, predictWays } from '../../model/predict.ts';
import { formatFrom, formatTo, parseFrom, parseTo } from '../../model/target.ts';
import { podName, topologyOf } from '../../model/topology.ts';
import { type Family, familyOf, tryParseIP } from '../../net/address.ts';
import { compareTrace, seenOutcome } from '../../trace/compare.ts';
import { followConnection } from '../../trace/hops.ts';
import { natRecord } from '../../trace/nat.ts';
import { ruleBook } from '../../trace/rule-book.ts';
import type { TraceReport } from '../../trace/types.ts';
import type { Lab } from '../lab.ts';
import { Mutex } from '../mutex.ts';
import { netnsOf } from '../targets.ts';
import { connectMarked } from './connection.ts';
import { dumpPlace, type PlaceDump } from './dump.ts';
import { type Place, placeOf, placesOf } from './places.ts';
import { rulesCompared } from './rules.ts';
import { observe, type WatchedPlace } from './watch.ts';

/** One trace at a time: they mark their packets alike. */
const tracing = new Mutex();

const noRules = ruleBook({ ipv4: '', ipv6: '', nft: '' });

/** The dumps of the places where rules were met. */
async function dumpsOf(
  seen: readonly WatchedPlace[],
  places: readonly Place[],
  family: Family,
): Promise<ReadonlyMap<string, PlaceDump>> {
  const met = new Set(seen.filter(({ logged, traced }) => logged.length + traced.length > 0).map(({ where }) => where));
  const chosen = places.filter(({ where }) => met.has(where));
  return new Map(
    await Promise.all(chosen.map(async ({ where, netns }) => [where, await dumpPlace(netns, family)] as const)),
  );
}

/**
 * Makes one connection and follows its first packet and the answer over the whole lab by the kernel's own account,
 * beside the prediction. Nothing stays behind. Throws `not-found`, `usage`, `kernel`, `missing-tool`.
 */
export async function trace(lab: Lab, request: ConnectRequest): Promise<TraceReport> {
  const { view } = lab;
  const from = parseFrom(request.from, view);
  const to = parseTo(request.to, view, from);
  const topology = topologyOf(view);
  const { predicted } = predict(view, from, to);
  const netns = netnsOf(lab, from);
  const places = placesOf(lab);
  const { backend } = view.flannel;
  const observed = await tracing.run(() =>
    observe(places, familyOf(to.address), () => connectMarked(netnsPath(netns), to)),
  );
  const vxlanPort = backend.type === 'vxlan' ? backend.port : undefined;
  const dumps = await dumpsOf(observed.places, places, familyOf(to.address));
  const seenAt = observed.places.map((place) => ({ ...place, book: dumps.get(place.where)?.book ?? noRules }));
  const ways = followConnection(seenAt, placeOf(places, netns, from), vxlanPort);
  const nat = [...new Set(ways.request.map(({ where }) => where))].flatMap(
    (where) => natRecord(where, observed.flows.get(where) ?? [], ways.tuples.get(where) ?? new Set()) ?? [],
  );
  const seen = seenOutcome(observed.result, ways.request, nat, (text) => {
    const ip = tryParseIP(text);
    const pod = ip === undefined ? undefined : topology.podAt(ip);
    return pod === undefined ? undefined : podName(pod);
  });
  const outcome = compareTrace({
    seen,
    request: ways.request,
    predicted,
    ways: predictWays(view, from, to),
    isNode: (name) => topology.node(name) !== undefined,
  });
  const comparison = [...outcome, ...rulesCompared(ways, places, dumps, view)];
  return {
    from: formatFrom(from),
    to: formatTo(to),
    predicted,
    seen,
    request: ways.request,
    answer: ways.answer,
    nat,
    comparison,
    agrees: comparison.every(({ agrees }) => agrees),
    incomplete: observed.incomplete,
  };
}
