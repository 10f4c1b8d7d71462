import type { ZoneAddress } from './zone-item.ts';

/**
 * Label of an endpoint under its Service: its hostname, or its address with dashes; a zero follows when an IPv6 address
 * ends in a colon (CoreDNS, endpointHostname).
 */
export function endpointName({ ip, hostname }: ZoneAddress): string {
  if (hostname !== undefined) return hostname;
  const dashed = ip.replaceAll(/[.:]/g, '-');
  return dashed.endsWith('-') ? `${dashed}0` : dashed;
}
