import { type IP, tryParseIP } from '../../net/address.ts';

/** Addresses that a hosts(5) file gives a name, in the order of its lines. */
export function addressesInHosts(text: string, name: string): readonly IP[] {
  const wanted = name.toLowerCase().replace(/\.$/, '');
  return text.split('\n').flatMap((line) => {
    const [address = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    return names.some((one) => one.toLowerCase() === wanted) ? (tryParseIP(address) ?? []) : [];
  });
}
