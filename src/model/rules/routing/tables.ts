import { type Family, hostCidr, type IP } from '../../../net/address.ts';
import { type Network, parseNetwork } from '../network.ts';
import type { NodeDump } from '../node.ts';
import { Routing } from './lookup.ts';
import { defaultPolicy } from './policy.ts';
import type { Route } from './routes.ts';

/** The routing of a node in one family, with what had to be assumed to have one. */
export interface NodeRouting {
  readonly routing: Routing;
  /** Whether the node's own addresses are known. */
  readonly knowsAddresses: boolean;
  readonly knowsRoutes: boolean;
}

/** Text of the route that stands for those which a dump lacks. */
export const assumedDefault = 'default';

function assumedRoute(destination: Network | undefined, rest: Partial<Route>): Route[] {
  if (destination === undefined) return [];
  const { family } = destination;
  const base = {
    family,
    type: 'unicast',
    destination,
    table: 'main',
    metric: 0,
    hops: [{ weight: 1, dead: false }],
    line: 0,
  } as const;
  return [{ ...base, text: '', ...rest }];
}

function localRoute(address: IP, device: string | undefined): Route[] {
  return assumedRoute(parseNetwork(hostCidr(address)), {
    type: 'local',
    table: 'local',
    hops: [{ ...(device === undefined ? {} : { device }), weight: 1, dead: false }],
    source: address,
    text: `local ${address}${device === undefined ? '' : ` dev ${device}`} table local`,
  });
}

/** Routes that every kernel has without being told. */
function loopbackRoutes(family: Family): Route[] {
  const hops = [{ device: 'lo', weight: 1, dead: false }];
  const text = family === 'ipv4' ? '127.0.0.0/8' : '::1/128';
  return assumedRoute(parseNetwork(text), {
    type: 'local',
    table: 'local',
    hops,
    text: `local ${text} dev lo table local`,
  });
}

/** Routes that the kernel makes of the addresses of interfaces. */
function routesOfAddresses({ interfaces }: NodeDump, family: Family, which: 'local' | 'connected'): Route[] {
  return (interfaces?.addresses ?? [])
    .filter((one) => one.family === family)
    .flatMap(({ address, network, device, broadcast }) => {
      const hops = [{ device, weight: 1, dead: false }];
      if (which === 'local') {
        const cast = broadcast === undefined ? undefined : parseNetwork(broadcast);
        const casts = assumedRoute(cast, {
          type: 'broadcast',
          table: 'local',
          hops,
          text: `broadcast ${broadcast} dev ${device}`,
        });
        return [...localRoute(address, device), ...casts];
      }
      if (network.host !== undefined && network.host === address) return [];
      const text = `the network of ${address}/${network.prefix} dev ${device}`;
      return assumedRoute(network, { hops, source: address, text });
    });
}

/** Addresses that routes name as their own source; what is left to know the node by without `ip addr`. */
function routesOfSources(routes: readonly Route[]): Route[] {
  const sources = routes.flatMap(({ source, hops, type }) =>
    source === undefined || type !== 'unicast' ? [] : [{ source, device: hops[0]?.device }],
  );
  return sources.flatMap(({ source, device }) => localRoute(source, device));
}

/** The routing of the node; what the dump lacks is made of its addresses, or is a default route to nowhere known. */
export function routingOf(node: NodeDump, family: Family, ownAddresses: readonly IP[]): NodeRouting {
  const given = (node.routes ?? []).filter((route) => route.family === family);
  const hasLocal = given.some(({ table }) => table === 'local');
  const ofAddresses = routesOfAddresses(node, family, 'local');
  const ofSources = ofAddresses.length > 0 ? [] : routesOfSources(given);
  const knowsAddresses = hasLocal || ofAddresses.length > 0 || ofSources.length > 0;
  const ownRoutes = knowsAddresses ? [] : ownAddresses.flatMap((address) => localRoute(address, undefined));
  const local = hasLocal ? [] : [...loopbackRoutes(family), ...ofAddresses, ...ofSources, ...ownRoutes];
  const knowsRoutes = given.some(({ table }) => table !== 'local');
  const everything = parseNetwork(family === 'ipv4' ? '0.0.0.0/0' : '::/0');
  const connected = knowsRoutes
    ? []
    : [...routesOfAddresses(node, family, 'connected'), ...assumedRoute(everything, { text: assumedDefault })];
  const policy = (family === 'ipv4' ? node.policy4 : node.policy6) ?? defaultPolicy(family);
  return { routing: new Routing(family, [...given, ...local, ...connected], policy), knowsAddresses, knowsRoutes };
}
