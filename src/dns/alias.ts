import { isIPv4, isIPv6 } from 'node:net';
import type { Found } from './lookup.ts';
import type { DnsOptions } from './options.ts';
import type { Records, ZoneQuestion } from './question.ts';
import type { ZoneRecord } from './records.ts';

/** CoreDNS follows this many aliases within the zone. */
const longestChain = 8;

/**
 * A, AAAA or CNAME records of a name. For addresses an alias is followed: within the zone, where one that leads to no
 * address is left out, and outside it as `follow`.
 */
export function aliasAnswer(
  asked: ZoneQuestion,
  find: (labels: readonly string[]) => Found,
  { ttl }: DnsOptions,
): Records {
  const found = find(asked.labels);
  if (found === undefined) return undefined;
  const [first] = found;
  if (asked.type !== 'CNAME') return follow(asked, find, ttl, []);
  if (first === undefined || isIPv4(first.host) || isIPv6(first.host)) return { answers: [] };
  return { answers: [{ name: asked.name, type: 'CNAME', ttl, data: first.host }] };
}

function follow(
  asked: ZoneQuestion,
  find: (labels: readonly string[]) => Found,
  ttl: number,
  chain: readonly string[],
): Records {
  const { name, labels, type } = asked;
  const found = find(labels) ?? [];
  const isWanted = type === 'A' ? isIPv4 : isIPv6;
  const [first] = found;
  if (first === undefined || isIPv4(first.host) || isIPv6(first.host)) {
    const hosts = new Set(found.map(({ host }) => host).filter((host) => isWanted(host)));
    return { answers: [...hosts].map((data): ZoneRecord => ({ name, type: type === 'A' ? 'A' : 'AAAA', ttl, data })) };
  }
  const target = first.host.replace(/\.$/, '');
  const own = name.toLowerCase();
  if (target.toLowerCase() === own || chain.includes(own) || chain.length >= longestChain) return { answers: [] };
  const alias: ZoneRecord = { name, type: 'CNAME', ttl, data: target };
  const inside = insideZone(target, asked);
  if (inside === undefined) return { answers: [alias], follow: target };
  const next = follow({ ...asked, name: target, labels: inside }, find, ttl, [...chain, own]);
  if (next === undefined || next.answers.length === 0) return { answers: [] };
  return { ...next, answers: [alias, ...next.answers] };
}

/** The labels of a name left of the zone, or undefined when it is outside. */
function insideZone(name: string, { zoneName }: ZoneQuestion): readonly string[] | undefined {
  const lower = name.toLowerCase();
  if (lower === zoneName) return [];
  return lower.endsWith(`.${zoneName}`) ? lower.slice(0, -zoneName.length - 1).split('.') : undefined;
}
