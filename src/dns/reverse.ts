import { type IP, tryParseIP } from '../net/address.ts';
import { endpointName } from './endpoint-name.ts';
import type { Zone } from './zone.ts';

/** The zones of names that addresses have. */
export const reverseZones = ['in-addr.arpa', 'ip6.arpa'] as const;

/** The address that the labels of a name in a reverse zone spell (RFC 1035 §3.5, RFC 3596 §2.5), if they do. */
export function reverseAddress(labels: readonly string[], reverseZone: string): IP | undefined {
  const parts = labels.toReversed();
  if (reverseZone === 'in-addr.arpa') return parts.length === 4 ? tryParseIP(parts.join('.')) : undefined;
  if (parts.length !== 32 || parts.some((part) => !/^[0-9a-f]$/.test(part))) return undefined;
  return tryParseIP(parts.join('').replaceAll(/(....)(?!$)/g, '$1:'));
}

/** Name in a reverse zone of an address: `1.0.96.10.in-addr.arpa`. */
export function reverseName(ip: IP): string {
  if (!ip.includes(':')) return `${ip.split('.').reverse().join('.')}.in-addr.arpa`;
  const [head = '', tail] = ip.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? [] : Array<string>(8 - left.length - right.length).fill('0');
  const digits = [...left, ...zeros, ...right].map((group) => group.padStart(4, '0')).join('');
  return `${[...digits].reverse().join('.')}.ip6.arpa`;
}

/**
 * The names of an address, without the zone: its Service if it is a cluster IP, otherwise one for each Service that has
 * it as a ready endpoint.
 */
export function namesOfAddress(ip: IP, zone: Zone): readonly string[] {
  const [service] = zone.withClusterIP(ip);
  if (service !== undefined) return [`${service.name}.${service.namespace}.svc`];
  const names = zone
    .withEndpoint(ip)
    .flatMap(({ namespace, service: name, addresses }) =>
      addresses
        .filter((address) => address.ip === ip)
        .map((address) => `${endpointName(address)}.${name}.${namespace}.svc`),
    );
  return [...new Set(names)];
}
