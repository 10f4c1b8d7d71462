import { cidrSet, parseCidr, tryParseCidr, tryParseIP } from '../../net/address.ts';
import { once } from '../once.ts';
import { type Invalid, invalid } from './invalid.ts';

const specialRanges = [
  ['may not be unspecified', ['0.0.0.0/32', '::/128']],
  ['may not be in the loopback range (127.0.0.0/8, ::1/128)', ['127.0.0.0/8', '::1/128']],
  ['may not be in the link-local range (169.254.0.0/16, fe80::/10)', ['169.254.0.0/16', 'fe80::/10']],
  ['may not be in the multicast range (224.0.0.0/4, ff00::/8)', ['224.0.0.0/4', 'ff00::/8']],
] as const;

const special = once(() => specialRanges.map(([why, ranges]) => [why, cidrSet(ranges.map(parseCidr))] as const));

/** An IP address of either family. */
export function* checkIP(field: string, text: string): Generator<Invalid> {
  if (tryParseIP(text) === undefined) yield invalid(field, text, 'must be a valid IP address, (e.g. 10.9.8.7)');
}

/** An address that a packet can be sent to: not unspecified, loopback, link-local or multicast. */
export function* checkReachableIP(field: string, text: string): Generator<Invalid> {
  const ip = tryParseIP(text);
  if (ip === undefined) {
    yield* checkIP(field, text);
    return;
  }
  for (const [why, holds] of special()) if (holds(ip)) yield invalid(field, text, why);
}

/** A network in CIDR form. Host bits may be set, as in the API server's older checks. */
export function* checkCidr(field: string, text: string): Generator<Invalid> {
  if (tryParseCidr(text) === undefined) {
    yield invalid(field, text, 'must be a valid CIDR value, (e.g. 10.9.8.0/24)');
  }
}

/** A network in CIDR form whose host bits are zero. */
export function* checkNetwork(field: string, text: string): Generator<Invalid> {
  const cidr = tryParseCidr(text);
  if (cidr === undefined) yield* checkCidr(field, text);
  else if (cidr.split('/')[0] !== tryParseIP(text.split('/')[0] ?? '')) {
    yield invalid(field, text, `must not have bits set beyond the prefix length`, `Write ${cidr}.`);
  }
}
