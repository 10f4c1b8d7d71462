import { createHash } from 'node:crypto';
import type { Family, Mac } from '../net/address.ts';

/** A locally administered unicast MAC that is always the same for the same words. */
export function macFrom(...words: readonly string[]): Mac {
  const octets = createHash('sha256').update(JSON.stringify(words)).digest().subarray(0, 6);
  octets[0] = ((octets[0] ?? 0) & 0xfc) | 0x02;
  return Array.from(octets, (octet) => octet.toString(16).padStart(2, '0')).join(':') as Mac;
}

/**
 * MAC of a node's VXLAN device in a lab: locally administered and unicast. The real flanneld takes six random bytes;
 * here the same lab gives the same MACs every time.
 */
export function vtepMac(lab: string, node: string, family: Family = 'ipv4'): Mac {
  return macFrom('vtep', lab, node, family);
}
