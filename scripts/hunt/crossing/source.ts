import { routingFor, worldOf } from '../../../src/model/rules/world.ts';
import { familyOf, type IP } from '../../../src/net/address.ts';
import type { LabMap } from './lab-map.ts';

const loopback = '127.0.0.1' as IP;

/**
 * The source address that a process in the namespace gets for a connection to the address, as `ip route get` tells it;
 * undefined when no route leads there.
 */
export function sourceOf(map: LabMap, netns: string, destination: IP): IP | undefined {
  const family = familyOf(destination);
  const own = (map.namespaces.get(netns)?.addresses ?? []).filter(({ address }) => familyOf(address) === family);
  if (own.length === 0 && !destination.startsWith('127.')) return undefined;
  const dump = map.dump(netns, undefined);
  const question = { source: destination, destination, protocol: 'tcp' };
  const [route] = worldOf(dump, routingFor(dump, question), false).route({ destination });
  if (route === undefined) return undefined;
  if (route.type === 'local') return destination.startsWith('127.') ? loopback : destination;
  if (route.type !== 'unicast') return undefined;
  if (route.source !== undefined) return route.source;
  return (own.find(({ device }) => device === route.device) ?? own[0])?.address;
}
