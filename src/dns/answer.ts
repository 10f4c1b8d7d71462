import { aliasAnswer } from './alias.ts';
import { type Entry, lookup } from './lookup.ts';
import { defaultNameServer, nameServers } from './nameservers.ts';
import type { DnsOptions } from './options.ts';
import { type Question, type Records, type ZoneQuestion, zoneQuestion } from './question.ts';
import { addressRecord, soaRecord, type ZoneRecord } from './records.ts';
import { namesOfAddress, reverseAddress } from './reverse.ts';
import { srvAnswer } from './srv.ts';
import type { Zone } from './zone.ts';

/** What the zone answers. */
export interface ZoneAnswer {
  readonly rcode: 'NOERROR' | 'NXDOMAIN' | 'REFUSED';
  readonly authoritative: boolean;
  readonly answers: readonly ZoneRecord[];
  readonly authorities: readonly ZoneRecord[];
  readonly additionals: readonly ZoneRecord[];
  /** A name outside the cluster whose addresses belong into the answer, as far as somebody knows them. */
  readonly follow?: string;
}

/** `next`: the name is not one of the cluster's; whatever is asked after the cluster decides. */
export type AnswerOrNext = ZoneAnswer | 'next';

/** The version of the DNS specification for Kubernetes that the zone follows. */
const schemaVersion = '1.1.0';
const schemaTtl = 28_800;

/**
 * What the zone answers to a question, as CoreDNS's kubernetes plugin does for the cluster's domain and the reverse
 * zones, with `fallthrough in-addr.arpa ip6.arpa`. ANY, AXFR and IXFR are refused (RFC 8482 §4.3 leaves it open).
 */
export function answer(question: Question, zone: Zone, options: DnsOptions): AnswerOrNext {
  const asked = zoneQuestion(question, options);
  if (asked === undefined) return 'next';
  if (refusedTypes.has(asked.type)) {
    return { rcode: 'REFUSED', authoritative: false, answers: [], authorities: [], additionals: [] };
  }
  const records = recordsOf(asked, zone, options);
  if (records === undefined && asked.zoneName !== options.clusterDomain) return 'next';
  const answers = records?.answers ?? [];
  return {
    rcode: records === undefined ? 'NXDOMAIN' : 'NOERROR',
    authoritative: true,
    answers,
    authorities: answers.length > 0 ? [] : [soaRecord(asked.origin, zone.serial, options.ttl)],
    additionals: records?.additionals ?? [],
    ...(records?.follow === undefined ? {} : { follow: records.follow }),
  };
}

const refusedTypes: ReadonlySet<string> = new Set(['ANY', 'AXFR', 'IXFR']);

function recordsOf(asked: ZoneQuestion, zone: Zone, options: DnsOptions): Records {
  switch (asked.type) {
    case 'TXT':
      return textRecords(asked, zone, options);
    case 'PTR':
      return pointerRecords(asked, zone, options);
    case 'SOA':
      return { answers: asked.labels.length > 0 ? [] : [soaRecord(asked.origin, zone.serial, options.ttl)] };
    case 'NS':
      return asked.labels.length > 0 ? existence(asked, zone, options) : nameServerRecords(asked, zone, options);
    case 'SRV':
      return srvAnswer(asked, entriesOf(asked, zone, options), options);
    case 'A':
    case 'AAAA':
    case 'CNAME':
      return aliasAnswer(asked, (labels) => entriesOf({ ...asked, labels }, zone, options), options);
    default:
      return existence(asked, zone, options);
  }
}

function entriesOf(asked: ZoneQuestion, zone: Zone, options: DnsOptions): readonly Entry[] | undefined {
  if (asked.labels.join('.') !== defaultNameServer) return found(asked, zone, options);
  if (asked.type !== 'A' && asked.type !== 'AAAA') return [];
  return nameServers(zone, options).map(({ name, address }) => ({ host: address, port: 0, target: name }));
}

/** What a name stands for; a reverse zone has nothing below `svc` and `pod`. */
function found(asked: ZoneQuestion, zone: Zone, options: DnsOptions): readonly Entry[] | undefined {
  const { labels, zoneName } = asked;
  return zoneName !== options.clusterDomain && labels.length > 1 ? undefined : lookup(labels, zone, options);
}

/** A type without data of its own: only whether the name exists. */
function existence(asked: ZoneQuestion, zone: Zone, options: DnsOptions): Records {
  return entriesOf(asked, zone, options) === undefined ? undefined : { answers: [] };
}

/** Names that only lead to others, such as a namespace, do not exist for TXT; that is CoreDNS's way. */
function textRecords(asked: ZoneQuestion, zone: Zone, options: DnsOptions): Records {
  const { name, labels } = asked;
  if (labels.join('.') === 'dns-version') {
    return { answers: [{ name, type: 'TXT', ttl: schemaTtl, data: schemaVersion }] };
  }
  const entries = found(asked, zone, options) ?? [];
  return entries.length > 0 ? { answers: [] } : undefined;
}

function pointerRecords(asked: ZoneQuestion, zone: Zone, options: DnsOptions): Records {
  const ip = reverseAddress(asked.labels, asked.zoneName);
  if (ip === undefined) return found(asked, zone, options) === undefined ? undefined : { answers: [] };
  const names = namesOfAddress(ip, zone);
  if (names.length === 0) return undefined;
  const data = names.map((name) => `${name}.${options.clusterDomain}`);
  return { answers: data.map((target) => ({ name: asked.name, type: 'PTR', ttl: options.ttl, data: target })) };
}

function nameServerRecords({ name, origin }: ZoneQuestion, zone: Zone, options: DnsOptions): Records {
  const servers = nameServers(zone, options).map((one) => ({ ...one, name: `${one.name}.${origin}` }));
  const names = [...new Set(servers.map((one) => one.name))];
  return {
    answers: names.map((data) => ({ name, type: 'NS', ttl: options.ttl, data })),
    additionals: servers.map((one) => addressRecord(one.name, one.address, options.ttl)),
  };
}
