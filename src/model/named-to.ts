import type { Family } from '../net/address.ts';
import { clusterIPsOf } from './claims.ts';
import { likelyService } from './lookup/owner.ts';
import { schemeOfService } from './scheme.ts';
import type { Topology } from './topology.ts';
import type { From, NamedTo } from './types.ts';

/** Whether a resolver would take the text for a name: labels of letters, digits, `-` and `_`, the last one no number. */
export function isHostName(text: string): boolean {
  if (text.length > 254) return false;
  const labels = text.replace(/\.$/, '').split('.');
  const last = labels.at(-1) ?? '';
  return (
    labels.every((label) => /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/i.test(label)) && !/^(\d+|0x[\da-f]*)$/i.test(last)
  );
}

/**
 * A destination by name. Without a scheme, the Service that the name most likely means decides; it is http for all
 * others, and the port is 80 then, as curl has it.
 */
export function namedTo(
  topology: Topology,
  from: From,
  {
    scheme,
    name,
    port,
  }: Pick<NamedTo, 'name'> & { readonly scheme: NamedTo['scheme'] | undefined; readonly port: number | undefined },
): NamedTo {
  if (scheme === 'icmp') return { scheme, name };
  const namespace = from.kind === 'pod' ? from.namespace : 'default';
  const service = likelyService(topology.view, name, namespace);
  const declared = service?.spec.ports?.find((one) => one.port === (port ?? 80));
  const family: Family = service !== undefined && clusterIPsOf(service)[0]?.includes(':') === true ? 'ipv6' : 'ipv4';
  const guess =
    service === undefined || declared === undefined ? 'http' : schemeOfService(topology, service, declared, family);
  return { scheme: scheme ?? guess, name, port: port ?? 80 };
}
