import type { Family } from '../net/address.ts';

/** A family as ipFamilies and addressType of Kubernetes objects name it. */
export function familyName(family: Family): 'IPv4' | 'IPv6' {
  return family === 'ipv6' ? 'IPv6' : 'IPv4';
}
