import { nthAddress, parseCidr, tryParseIP } from '../net/address.ts';
import type { Session } from './session.ts';

/** `NAMESPACE/NAME` of what `pod/NAME` and `pod/NAMESPACE/NAME` name. */
export function podNameOf(text: string): string {
  const name = text.replace(/^pods?\//, '');
  return name.includes('/') ? name : `default/${name}`;
}

/**
 * The addresses that a name stands for: an address itself, `client/NAME`, `pod/NAME`, or a node with its addresses on
 * the underlay, on the Pods' bridge and on the overlay. Throws `not-found` for a Pod that is not there.
 */
export async function addressesOf(session: Session, name: string): Promise<readonly string[]> {
  const ip = tryParseIP(name);
  if (ip !== undefined) return [ip];
  if (name.startsWith('pod/')) {
    const { status } = await session.get('Pod', podNameOf(name));
    return status.podIP === undefined ? [] : [status.podIP];
  }
  const { clients, nodes } = await session.constants();
  const client = clients.find((one) => `client/${one.name}` === name);
  if (client !== undefined) return [client.ip];
  const node = nodes.find((one) => one.name === name.replace(/^node\//, ''));
  if (node === undefined) return [];
  const lease = node.lease.subnet === '' ? [] : [0, 1].map((n) => nthAddress(parseCidr(node.lease.subnet), n));
  return [node.ip, ...lease];
}
