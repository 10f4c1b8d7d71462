import type { Family } from '../../net/address.ts';
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

/** A rule as nft 1.0.6 lists it where it takes the highest bit of a mark for a prefix; other rules as they are. */
export function listedHighestMark(rule: string): string {
  return rule.replace('meta mark & 0x80000000 != 0x00000000 ', 'meta mark != 0x00000000/1 ');
}
