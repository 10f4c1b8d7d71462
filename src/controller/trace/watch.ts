import { listFlows } from '../../kernel/conntrack.ts';
import { loadRules } from '../../kernel/netfilter.ts';
import type { Flow } from '../../kernel/netlink/conntrack.ts';
import { PacketWatch } from '../../kernel/packet-watch.ts';
import { Rtnl } from '../../kernel/rtnl.ts';
import type { Family } from '../../net/address.ts';
import type { SeenAt } from '../../trace/hops.ts';
import { markingScript, unmarkingScript } from '../../trace/marking.ts';
import type { Place } from './places.ts';

/** Milliseconds between two looks at what the kernel has told: what it keeps for each socket is limited. */
const pollInterval = 5;

/** EtherTypes of IPv4 and IPv6. */
const ipTypes: ReadonlySet<number> = new Set([0x0800, 0x86dd]);

/** What was seen at a place whose rules nobody has read yet. */
export type WatchedPlace = Omit<SeenAt, 'book'>;

/** What was seen at all places while something was done. */
export interface Observed<T> {
  readonly result: T;
  readonly places: readonly WatchedPlace[];
  /** What conntrack of the places with rules holds afterwards. */
  readonly flows: ReadonlyMap<string, readonly Flow[]>;
  /** Whether the kernel had more to tell than there was room for. */
  readonly incomplete: boolean;
}

function linkNames(netns: string): ReadonlyMap<number, string> {
  const rtnl = new Rtnl(netns);
  try {
    return new Map(rtnl.links().map(({ index, name }) => [index, name]));
  } finally {
    rtnl.socket.close();
  }
}

function seenAt(place: Place, watch: PacketWatch): WatchedPlace {
  const { packets, logged, traced } = watch.watched;
  const names = packets.length === 0 ? new Map<number, string>() : linkNames(place.netns);
  const frames = packets
    .filter(({ otherHost }) => place.routes || !otherHost)
    .map(({ index, ...frame }) => ({ ...frame, interface: names.get(index) ?? `interface ${index}` }));
  return { where: place.where, peers: place.peers, frames, logged, traced };
}

/** Marks packets for tracing at all places with rules while `work` is done, and takes the marks away whatever happens. */
async function whileMarked<T>(places: readonly Place[], work: () => Promise<T>): Promise<T> {
  const ruled = places.filter(({ routes }) => routes);
  try {
    await Promise.all(ruled.map(({ netns }) => loadRules(netns, 'nft', markingScript())));
    return await work();
  } finally {
    await Promise.all(ruled.map(({ netns }) => loadRules(netns, 'nft', unmarkingScript())));
  }
}

/**
 * Does something while all places are watched. What makes the kernel tell is a table `inet svclab-trace` at each place
 * with rules and where TRACE logs to; both are as before when this returns or throws. Throws `kernel`.
 */
export async function observe<T>(
  places: readonly Place[],
  family: Family,
  work: () => Promise<T>,
): Promise<Observed<T>> {
  const watches: { readonly place: Place; readonly watch: PacketWatch }[] = [];
  const poll = () => {
    for (const { watch } of watches) watch.poll((etherType) => ipTypes.has(etherType));
  };
  let timer: NodeJS.Timeout | undefined;
  try {
    return await whileMarked(places, async () => {
      for (const place of places) watches.push({ place, watch: new PacketWatch(place.netns, { rules: place.routes }) });
      timer = setInterval(poll, pollInterval);
      const result = await work();
      poll();
      const ruled = places.filter(({ routes }) => routes);
      return {
        result,
        places: watches.map(({ place, watch }) => seenAt(place, watch)),
        flows: new Map(ruled.map(({ where, netns }) => [where, listFlows(netns, family)])),
        incomplete: watches.some(({ watch }) => watch.watched.lost),
      };
    });
  } finally {
    clearInterval(timer);
    for (const { watch } of watches) watch.close();
  }
}
