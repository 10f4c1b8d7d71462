import { everywhere, type Family, familyOf, type IP, tryParseIP } from '../../../net/address.ts';
import { damagedLine } from '../damaged.ts';
import { type Network, parseNetwork } from '../network.ts';
import type { Section } from '../types.ts';

/** What a route does: the words of `ip route`. */
export type RouteType =
  | 'unicast'
  | 'local'
  | 'broadcast'
  | 'anycast'
  | 'multicast'
  | 'blackhole'
  | 'unreachable'
  | 'prohibit'
  | 'throw';

/** One way of a route. */
export interface NextHop {
  readonly device?: string;
  readonly gateway?: IP;
  readonly weight: number;
  /** The link has no carrier or is down. */
  readonly dead: boolean;
}

/** One route. */
export interface Route {
  readonly family: Family;
  readonly type: RouteType;
  readonly destination: Network;
  readonly table: string;
  readonly metric: number;
  /** Preferred source. */
  readonly source?: IP;
  readonly hops: readonly NextHop[];
  /** Line in the file. */
  readonly line: number;
  readonly text: string;
}

const types: ReadonlySet<string> = new Set<RouteType>([
  'unicast',
  'local',
  'broadcast',
  'anycast',
  'multicast',
  'blackhole',
  'unreachable',
  'prohibit',
  'throw',
]);

/** Whether a command prints routes. */
export function isRouteCommand(command: string): boolean {
  return /^ip\b.*\s(r|ro|rou|rout|route)\b/.test(command) && !/\bget\b|\s-j(son)?\b/.test(command);
}

/** `ip route show` if the text looks like its output. */
export function recogniseRoutes(lines: readonly string[]): string | undefined {
  const first = lines.find((line) => line.trim() !== '') ?? '';
  return /^(default|local|broadcast|unreachable|blackhole|[0-9a-f.:]+(\/\d+)?) .*\b(dev|via|table|proto|metric|scope)\b/.test(
    first,
  )
    ? 'ip route show'
    : undefined;
}

const tableNames: Readonly<Record<string, string>> = { '255': 'local', '254': 'main', '253': 'default', '0': 'main' };

/** The one name of a routing table: `main` for 254. */
export function tableName(text: string): string {
  return tableNames[text] ?? text;
}

function after(words: readonly string[], name: string): string | undefined {
  const at = words.indexOf(name);
  return at < 0 ? undefined : words[at + 1];
}

function hopOf(words: readonly string[]): NextHop {
  const via = after(words, 'via');
  const gateway = tryParseIP((via === 'inet' || via === 'inet6' ? after(words, via) : via) ?? '');
  const device = after(words, 'dev');
  return {
    ...(device === undefined ? {} : { device }),
    ...(gateway === undefined ? {} : { gateway }),
    weight: Number(after(words, 'weight') ?? 1),
    dead: words.includes('dead'),
  };
}

function isMulticast({ family, base }: Network): boolean {
  return family === 'ipv4' ? Number(base) >>> 28 === 14 : BigInt(base) >> 120n === 0xffn;
}

function defaultFamily(command: string, words: readonly string[]): Family {
  const gateway = tryParseIP(after(words, 'via') ?? after(words, 'src') ?? '');
  if (gateway !== undefined && after(words, 'via') !== 'inet6') return familyOf(gateway);
  return /^ip\b.*\s(-6|-f(amily)? inet6)\b/.test(command) || words.includes('pref') ? 'ipv6' : 'ipv4';
}

/** A route and its first hops, as one printed line tells them; undefined when the line is no route. */
function routeOf(text: string, line: number, command: string): Route | undefined {
  const [head = '', ...parts] = text.split(/\s*\\?\s*(?=\bnexthop\s)/);
  const words = head.trim().split(/\s+/);
  const [first = ''] = words;
  const type = types.has(first) ? (first as RouteType) : 'unicast';
  const [target = ''] = types.has(first) ? words.slice(1) : words;
  const network = parseNetwork(target === 'default' ? everywhere(defaultFamily(command, words)) : target);
  if (network === undefined) return undefined;
  const source = tryParseIP(after(words, 'src') ?? '');
  const table = after(words, 'table') ?? /\btable (\S+)/.exec(command)?.[1] ?? 'main';
  return {
    family: network.family,
    type: type === 'unicast' && isMulticast(network) ? 'multicast' : type,
    destination: network,
    table: table === 'all' ? 'main' : tableName(table),
    metric: Number(after(words, 'metric') ?? 0),
    ...(source === undefined ? {} : { source }),
    hops: parts.length === 0 ? [hopOf(words)] : parts.map((part) => hopOf(part.trim().split(/\s+/))),
    line,
    text: text.trim().replaceAll(/\s+/g, ' '),
  };
}

/**
 * The routes that `ip route show` prints, of one table or all, of one family or both. Next hops may follow in lines of
 * their own. Throws `usage` for a line that is none.
 */
export function parseRoutes(section: Section): Route[] {
  const routes: Route[] = [];
  for (const [at, line] of section.text.split('\n').entries()) {
    const last = routes.at(-1);
    if (line.trim() === '' || line.startsWith('#')) continue;
    if (/^\s+nexthop\s/.test(line) && last !== undefined) {
      const hop = hopOf(line.trim().split(/\s+/));
      const before = last.hops.filter(({ device, gateway }) => device !== undefined || gateway !== undefined);
      routes[routes.length - 1] = { ...last, hops: [...before, hop], text: `${last.text} ${line.trim()}` };
      continue;
    }
    if (/^\s/.test(line)) continue;
    const route = routeOf(line, section.line + at, section.command);
    if (route === undefined) throw damagedLine(section, at, `"${line.slice(0, 60)}" is no route`);
    routes.push(route);
  }
  return routes;
}
