import { isIPv6 } from 'node:net';
import type { SoaAnswer, SrvAnswer, StringAnswer, TxtAnswer } from 'dns-packet';

/** A record that a zone may give; names are without final dot. */
export type ZoneRecord = StringAnswer | SrvAnswer | SoaAnswer | TxtAnswer;

/** A or AAAA record of an address. */
export function addressRecord(name: string, address: string, ttl: number): StringAnswer {
  return { name, type: isIPv6(address) ? 'AAAA' : 'A', ttl, data: address };
}

/** SOA record of a zone, with CoreDNS's times; `minimum` is the TTL of negative answers. */
export function soaRecord(zoneName: string, serial: number, ttl: number): SoaAnswer {
  return {
    name: zoneName,
    type: 'SOA',
    ttl: Math.min(ttl, 300),
    data: {
      mname: `ns.dns.${zoneName}`,
      rname: `hostmaster.${zoneName}`,
      serial,
      refresh: 7200,
      retry: 1800,
      expire: 86400,
      minimum: ttl,
    },
  };
}

function rdataText({ type, data }: ZoneRecord): string {
  const dot = (name: string) => (name.endsWith('.') ? name : `${name}.`);
  if (type === 'SRV') return `${data.priority ?? 0} ${data.weight ?? 0} ${data.port} ${dot(data.target)}`;
  if (type === 'SOA') {
    const { mname, rname, serial, refresh, retry, expire, minimum } = data;
    return `${dot(mname)} ${dot(rname)} ${serial} ${refresh} ${retry} ${expire} ${minimum}`;
  }
  if (type === 'TXT')
    return [data]
      .flat()
      .map((text) => `"${text.toString()}"`)
      .join(' ');
  return type === 'A' || type === 'AAAA' ? data : dot(data);
}

/** The record as a line of a zone file (RFC 1035 §5.1) without class: `web.default.svc.cluster.local. 30 A 10.96.0.1`. */
export function recordText(record: ZoneRecord): string {
  return `${record.name}. ${record.ttl ?? 0} ${record.type} ${rdataText(record)}`;
}
