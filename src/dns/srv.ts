import { tryParseIP } from '../net/address.ts';
import type { Entry, Found } from './lookup.ts';
import type { DnsOptions } from './options.ts';
import type { Records, ZoneQuestion } from './question.ts';
import { addressRecord } from './records.ts';

/** One of each key, in the order of their first appearance. */
function distinct<T>(items: readonly T[], keyOf: (item: T) => string): readonly T[] {
  return [...new Map(items.toReversed().map((item) => [keyOf(item), item])).values()].reverse();
}

/**
 * SRV records of entries, with the addresses of their targets. The weight is shared between all entries before equal
 * ones are merged, as CoreDNS does it; an ExternalName has no SRV records.
 */
export function srvAnswer({ name, origin }: ZoneQuestion, found: Found, { ttl }: DnsOptions): Records {
  if (found === undefined) return undefined;
  const entries = found.filter(({ host }) => tryParseIP(host) !== undefined);
  const weight = Math.max(1, Math.floor(100 / Math.max(1, entries.length)));
  const declared = entries.filter(({ port }) => port !== -1);
  const target = (entry: Entry) => `${entry.target}.${origin}`;
  return {
    answers: distinct(declared, (entry) => `${entry.target} ${entry.port}`).map((entry) => ({
      name,
      type: 'SRV',
      ttl,
      data: { priority: 0, weight, port: entry.port, target: target(entry) },
    })),
    additionals: distinct(declared, (entry) => `${entry.target} ${entry.host}`).map((entry) =>
      addressRecord(target(entry), entry.host, ttl),
    ),
  };
}
