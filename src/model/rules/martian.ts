import { familyOf, type IP } from '../../net/address.ts';
import { networkHas, parseNetwork } from './network.ts';
import type { NodeDump } from './node.ts';
import type { Packet, World } from './types.ts';

const loopback = parseNetwork('127.0.0.0/8');
const thisNetwork = parseNetwork('0.0.0.0/8');
const allHosts = parseNetwork('224.0.0.1');
const allHosts6 = parseNetwork('ff02::1');

function isIn(network: ReturnType<typeof parseNetwork>, ip: IP): boolean {
  return network !== undefined && networkHas(network, ip);
}

/** Whether one of the sysctls is not 0; undefined when the dump has none of them. */
export function isSet(world: World, ...names: readonly string[]): boolean | undefined {
  const values = names.map((name) => world.sysctl(name)).filter((value) => value !== undefined);
  return values.length === 0 ? undefined : values.some((value) => value !== '0');
}

function routesLocalnet(world: World, device: string): boolean | undefined {
  return isSet(world, 'net.ipv4.conf.all.route_localnet', `net.ipv4.conf.${device}.route_localnet`);
}

/** An answer to 127.0.0.1 that is taken although the dump does not tell whether it is. */
export function assumedLocalnet({ destination, inInterface, connection }: Packet, world: World): string | undefined {
  if (inInterface === undefined || inInterface === 'lo' || connection.direction === 'original') return undefined;
  if (!isIn(loopback, destination) || routesLocalnet(world, inInterface) !== undefined) return undefined;
  return `net.ipv4.conf.${inInterface}.route_localnet is 1, as kube-proxy sets it.`;
}

/** Why no packet may come from or go to such an address, by whatever interface (ip_route_input_slow). */
function impossible({ source, destination }: Packet, world: World): string | undefined {
  if (isIn(thisNetwork, source)) return destination === '255.255.255.255' ? undefined : `nobody is ${source}`;
  if (source === '255.255.255.255' || world.addressType(source) === 'multicast')
    return `the sender ${source} is no single host`;
  return isIn(thisNetwork, destination) ? `nobody is ${destination}` : undefined;
}

/** Why the kernel takes no packet from this sender on this interface (martians, rp_filter); undefined when it does. */
export function martian(packet: Packet, world: World): string | undefined {
  const { source, destination, inInterface, family, mark } = packet;
  if (inInterface === undefined || inInterface === 'lo') return undefined;
  if (family === 'ipv6')
    return destination === '::1' ? `${destination} comes in on ${inInterface}; IPv6 has no route_localnet` : undefined;
  const odd = impossible(packet, world);
  if (odd !== undefined) return odd;
  const localnet = routesLocalnet(world, inInterface);
  if (isIn(loopback, destination) && localnet !== true)
    return `${destination} comes in on ${inInterface}, and net.ipv4.conf.${inInterface}.route_localnet is ${localnet === undefined ? 'taken to be 0' : '0'}`;
  if (isIn(loopback, source) && localnet !== true) return `the sender ${source} comes in on ${inInterface}`;
  const acceptLocal = isSet(world, 'net.ipv4.conf.all.accept_local', `net.ipv4.conf.${inInterface}.accept_local`);
  if (world.addressType(source) === 'local' && acceptLocal !== true)
    return `the sender ${source} is the node itself, but the packet comes in on ${inInterface}`;
  return reversePath({ source, inInterface, mark }, world);
}

/** net.ipv4.conf.*.rp_filter: the greater of `all` and the interface's counts. */
function reversePath(
  { source, inInterface, mark }: { readonly source: IP; readonly inInterface: string; readonly mark: number },
  world: World,
): string | undefined {
  const values = ['all', inInterface].map((name) => Number(world.sysctl(`net.ipv4.conf.${name}.rp_filter`) ?? 0));
  const mode = Math.max(...values);
  if (mode === 0) return undefined;
  const usesMark = isSet(world, 'net.ipv4.conf.all.src_valid_mark', `net.ipv4.conf.${inInterface}.src_valid_mark`);
  const routes = world.route({ destination: source, mark: usesMark === true ? mark : 0 });
  const reachable = routes.some(({ type }) => type === 'unicast');
  const back = routes.some(
    ({ type, device }) => type === 'unicast' && (device === undefined || device === inInterface),
  );
  if (mode === 1 ? back : reachable) return undefined;
  return `answers to ${source} would not leave by ${inInterface} (rp_filter is ${mode})`;
}

/** Whether kube-proxy in mode iptables has made rules there: it sets route_localnet, which mode nftables does not. */
function hasIptablesProxy({ ruleSets }: NodeDump): boolean {
  const entry = { table: 'nat', chain: 'OUTPUT', family: 'ipv4' } as const;
  return ruleSets.some(
    ({ kind, baseChains }) =>
      kind === 'iptables' &&
      baseChains.some(
        ({ table, chain, family }) => table === entry.table && chain === entry.chain && family === entry.family,
      ),
  );
}

/** What becomes of a packet from 127.0.0.1 to another host: held back with the reason, or sent by an assumption. */
export function loopbackLeaves(
  { source, outInterface, family }: Packet,
  node: NodeDump,
  world: World,
): { readonly held?: string; readonly assumed?: string } {
  if (family === 'ipv6' || !isIn(loopback, source) || outInterface === 'lo') return {};
  const allowed = routesLocalnet(world, outInterface ?? 'all');
  const name = `net.ipv4.conf.${outInterface ?? 'all'}.route_localnet`;
  if (allowed === true) return {};
  if (allowed === false) return { held: `nothing may leave from ${source}: ${name} is 0` };
  return hasIptablesProxy(node)
    ? { assumed: `${name} is 1, as kube-proxy sets it in mode iptables.` }
    : { held: `nothing may leave from ${source}: ${name} is taken to be 0` };
}

/**
 * Why no process of the node hears a packet to a group: TCP speaks to single hosts only, and of the groups that
 * programs have joined a dump does not tell.
 */
export function unheard({ destination, protocol }: Packet, world: World): string | undefined {
  const type = world.addressType(destination);
  if (type !== 'broadcast' && type !== 'multicast') return undefined;
  if (protocol === 'tcp' || protocol === 'sctp')
    return `${protocol} does not listen at ${destination}, a ${type} address`;
  if (type === 'broadcast') return undefined;
  const everybody = familyOf(destination) === 'ipv4' ? allHosts : allHosts6;
  return isIn(everybody, destination) ? undefined : `nothing of the node is taken to have joined ${destination}`;
}
