import { addressBits, familyOf, makeCidr } from '../net/address.ts';
import type { DesiredAddress, DesiredNetns, DesiredRoute } from './desired.ts';

/** Metric that the kernel gives to IPv6 routes of its own. */
const kernelMetric = 256;

/**
 * The namespace with the routes that the kernel makes by itself when these addresses are added: to the network of each.
 * They are no part of a plan, but somebody can delete them.
 */
export function withConnectedRoutes(netns: DesiredNetns, addresses: readonly DesiredAddress[]): DesiredNetns {
  const connected = addresses.flatMap(connectedRoute);
  return connected.length === 0 ? netns : { ...netns, routes: [...connected, ...netns.routes] };
}

function connectedRoute({ device, address, prefix }: DesiredAddress): DesiredRoute[] {
  const family = familyOf(address);
  if (prefix === addressBits(family)) return [];
  const how = family === 'ipv4' ? ({ scope: 'link', source: address } as const) : { metric: kernelMetric };
  return [{ to: makeCidr(address, prefix), device, protocol: 'kernel', ...how }];
}
