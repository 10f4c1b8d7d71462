import { run } from '../kernel/run.ts';
import { requireTool } from '../kernel/tools.ts';
import { hostPort, type IP, tryParseIP } from '../net/address.ts';
import type { ProbeAnswer, ProbeContext, ProbeRequest } from './types.ts';

/** One direction of a connection. */
export interface Tuple {
  readonly src: string;
  readonly dst: string;
  readonly sport: number;
  readonly dport: number;
}

/** A connection as a node tracks it: as it came in, and what answers to it look like. */
export interface ConntrackEntry {
  readonly original: Tuple;
  readonly reply: Tuple;
}

function tuples(line: string): Tuple[] {
  const pattern = /src=(\S+) dst=(\S+) sport=(\d+) dport=(\d+)/g;
  return [...line.matchAll(pattern)].map(([, src = '', dst = '', sport, dport]) => ({
    src: tryParseIP(src) ?? src,
    dst: tryParseIP(dst) ?? dst,
    sport: Number(sport),
    dport: Number(dport),
  }));
}

/** The entries that `conntrack -L` printed; lines of other protocols than TCP and UDP are passed over. */
export function parseConntrack(text: string): readonly ConntrackEntry[] {
  return text.split('\n').flatMap((line) => {
    const [original, reply] = tuples(line);
    return original === undefined || reply === undefined ? [] : [{ original, reply }];
  });
}

function key({ src, dst, sport, dport }: Tuple): string {
  return `${src} ${sport} ${dst} ${dport}`;
}

/**
 * Where a connection ends up after all translations, and its source by then. Each table is one node's; a connection
 * passes any of them at most once. A connection never ends where it began: an entry that says so was made by a late
 * packet of the way back.
 */
export function follow(start: Tuple, tables: readonly (readonly ConntrackEntry[])[]): Tuple {
  const maps = new Set(tables.map((entries) => new Map(entries.map((entry) => [key(entry.original), entry.reply]))));
  let at = start;
  for (;;) {
    const hit = [...maps].find((map) => {
      const reply = map.get(key(at));
      return reply !== undefined && key(turned(reply)) !== key(at) && !comesFrom(start, reply);
    });
    const reply = hit?.get(key(at));
    if (hit === undefined || reply === undefined) return at;
    maps.delete(hit);
    at = turned(reply);
  }
}

function comesFrom({ src, sport }: Tuple, reply: Tuple): boolean {
  return reply.src === src && reply.sport === sport;
}

function turned({ src, dst, sport, dport }: Tuple): Tuple {
  return { src: dst, dst: src, sport: dport, dport: sport };
}

async function table(
  netns: string,
  protocol: 'tcp' | 'udp',
  family: 'ipv4' | 'ipv6',
): Promise<readonly ConntrackEntry[]> {
  const { stdout } = await run(requireTool('conntrack'), ['-L', '-p', protocol, '-f', family], {
    netns,
    accept: [0, 1],
  });
  return parseConntrack(stdout);
}

/**
 * Adds endpoint, source and Pod to delivered answers that name nobody, from the nodes' connection tracking. Answers
 * that cannot be traced are taken to have arrived where they were sent. Throws `missing-tool` without conntrack.
 * Equivalent command: `conntrack -L -p tcp -f ipv4` on every node.
 */
export async function identify(
  requests: readonly ProbeRequest[],
  answers: readonly ProbeAnswer[],
  { nodes = [], podByIP }: ProbeContext,
): Promise<readonly ProbeAnswer[]> {
  const tables = new Map<string, Promise<(readonly ConntrackEntry[])[]>>();
  const tablesFor = (request: ProbeRequest, address: string): Promise<(readonly ConntrackEntry[])[]> => {
    const protocol = request.to.scheme === 'udp' ? 'udp' : 'tcp';
    const family = address.includes(':') ? 'ipv6' : 'ipv4';
    const name = `${protocol} ${family}`;
    const known = tables.get(name) ?? Promise.all(nodes.map(({ netns }) => table(netns, protocol, family)));
    tables.set(name, known);
    return known;
  };
  return Promise.all(
    requests.map(async (request, at) => {
      const answer = answers[at] ?? { outcome: 'dropped', milliseconds: 0 };
      const { localAddress, localPort, remoteAddress } = answer;
      const dst = 'address' in request.to ? request.to.address : remoteAddress;
      const isKnown = answer.outcome !== 'delivered' || answer.endpoint !== undefined;
      if (isKnown || localAddress === undefined || dst === undefined) return answer;
      const start = { src: localAddress, dst, sport: localPort ?? 0, dport: request.to.port ?? 80 };
      const end = follow(start, nodes.length === 0 ? [] : await tablesFor(request, dst));
      const pod = podByIP?.(end.dst);
      const endpoint = hostPort(end.dst as IP, end.dport);
      return { ...answer, endpoint, source: end.src, ...(pod === undefined ? {} : { pod }) };
    }),
  );
}
