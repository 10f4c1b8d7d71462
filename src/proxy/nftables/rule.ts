import {
  addressBits,
  type Cidr,
  cidrAddress,
  cidrContains,
  cidrPrefix,
  type Family,
  familyOf,
  ipToBigInt,
} from '../../net/address.ts';
import type { LocalDetector } from '../local-detector.ts';
import { ipWord } from './values.ts';

/** Match for traffic of this cluster's Pods, or with `negated` for all other traffic. */
export function podMatch(detector: LocalDetector, negated: boolean, family: Family): string {
  const not = negated ? '!= ' : '';
  switch (detector.kind) {
    case 'cidr':
      return `${ipWord(family)} saddr ${not}${detector.cidr}`;
    case 'interface':
      return `iifname ${not}"${detector.name}"`;
    case 'interfacePrefix':
      return `iifname ${not}"${detector.prefix}*"`;
  }
}

/** A bit of the packet mark as nft prints it: `0x00004000`. */
export function markText(bit: number): string {
  return `0x${(2 ** bit).toString(16).padStart(8, '0')}`;
}

function covers(wide: Cidr, narrow: Cidr): boolean {
  return cidrPrefix(wide) < cidrPrefix(narrow) && cidrContains(wide, cidrAddress(narrow));
}

function byAddress(a: Cidr, b: Cidr): number {
  const [left, right] = [ipToBigInt(cidrAddress(a)), ipToBigInt(cidrAddress(b))];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Networks as nft prints an anonymous set of them: sorted, without those inside of others, single hosts without mask. */
export function addressSet(cidrs: readonly Cidr[]): string {
  const distinct = [...new Set(cidrs)];
  const widest = distinct.filter((cidr) => !distinct.some((other) => covers(other, cidr))).sort(byAddress);
  const printed = widest.map((cidr) => (cidrPrefix(cidr) === addressBits(familyOf(cidr)) ? cidrAddress(cidr) : cidr));
  return distinct.length === 1 ? printed.join('') : `{ ${printed.join(', ')} }`;
}
