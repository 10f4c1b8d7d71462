import type { DnsOptions } from './options.ts';
import type { ZoneRecord } from './records.ts';
import { reverseZones } from './reverse.ts';

/** A question: the labels of the name as they were sent, and the type (`TYPE65` and the like for unknown ones). */
export interface Question {
  readonly labels: readonly string[];
  readonly type: string;
}

/** What a question comes to, before negative answers get their SOA. Undefined: the name does not exist. */
export type Records =
  | { readonly answers: readonly ZoneRecord[]; readonly additionals?: readonly ZoneRecord[]; readonly follow?: string }
  | undefined;

/** A question about one of the zones that the cluster has. */
export interface ZoneQuestion {
  /** The name as it was asked. */
  readonly name: string;
  /** Labels left of the zone, in lower case. */
  readonly labels: readonly string[];
  /** Name of the zone as it was spelt in the question. */
  readonly origin: string;
  /** Name of the zone in lower case. */
  readonly zoneName: string;
  readonly type: string;
}

/** The zone that a name is in: the cluster's domain or a reverse zone. Undefined when it is in none. */
export function zoneQuestion({ labels, type }: Question, { clusterDomain }: DnsOptions): ZoneQuestion | undefined {
  const lower = labels.map((label) => label.toLowerCase());
  for (const zoneName of [clusterDomain, ...reverseZones]) {
    const count = zoneName.split('.').length;
    if (lower.slice(-count).join('.') !== zoneName) continue;
    const origin = labels.slice(-count).join('.');
    return { name: labels.join('.'), labels: lower.slice(0, -count), origin, zoneName, type };
  }
  return undefined;
}
