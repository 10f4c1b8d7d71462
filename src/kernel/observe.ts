import type { DesiredLink, DesiredNetns } from '../plan/desired.ts';
import { addressKey, fdbKey, neighbourKey, routeKey, ruleKey } from '../plan/keys.ts';
import { dumpAddresses } from './netlink/address.ts';
import type { ObservedLink } from './netlink/link.ts';
import { fillNeighbourDump, RTM_GETNEIGH, readNeighbour } from './netlink/neighbour.ts';
import { fillRouteDump, RTM_GETROUTE, readRoute } from './netlink/route.ts';
import { fillRuleDump, RTM_GETRULE, readRule } from './netlink/rule.ts';
import { netnsPath, withNetns } from './netns.ts';
import type { Rtnl } from './rtnl.ts';
import { readSysctl } from './sysctl.ts';

/**
 * What is there of a namespace's desired state, in the same form, Netfilter rules and files excepted (they are taken
 * over from `desired`). Things that are not desired are left out: they belong to somebody else. Throws `kernel`.
 * Equivalent commands: `ip -d link`, `ip address`, `ip route show table all`, `ip rule`, `ip neighbour`, `bridge fdb`.
 */
export function observeNetns(rtnl: Rtnl, desired: DesiredNetns): DesiredNetns {
  const links = rtnl.links();
  const names = new Map(links.map(({ index, name }) => [index, name]));
  const name = (index: number) => names.get(index) ?? '';
  return {
    ...desired,
    sysctls: readSysctls(desired),
    links: desired.links.flatMap((link) => observeLink(link, links, name)),
    ...readEntries(rtnl, desired, name),
  };
}

function readSysctls(desired: DesiredNetns): DesiredNetns['sysctls'] {
  if (desired.sysctls.length === 0) return [];
  return withNetns(netnsPath(desired.name), () =>
    desired.sysctls.map(({ key }) => ({ key, value: readSysctl(key) ?? '' })),
  );
}

function readEntries(
  rtnl: Rtnl,
  desired: DesiredNetns,
  name: (index: number) => string,
): Pick<DesiredNetns, 'addresses' | 'routes' | 'rules' | 'neighbours' | 'fdb'> {
  const { socket } = rtnl;
  const neighbours = (what: 'neighbours' | 'fdb') =>
    socket
      .dump(RTM_GETNEIGH, (writer) => fillNeighbourDump(writer, what))
      .map(readNeighbour)
      .filter((entry) => entry !== undefined)
      .map(({ index, ...entry }) => ({ device: name(index), ...entry }));
  const addresses = dumpAddresses(socket).map(({ index, ...entry }) => ({ device: name(index), ...entry }));
  const routes = socket
    .dump(RTM_GETROUTE, fillRouteDump)
    .map((message) => readRoute(message, name))
    .filter((route) => route !== undefined);
  const families = [...new Set(desired.rules.map(({ family }) => family))];
  const rules = families
    .flatMap((family) => socket.dump(RTM_GETRULE, (writer) => fillRuleDump(writer, family)))
    .map(readRule)
    .filter((rule) => rule !== undefined);
  const fdb = neighbours('fdb').map(({ device, mac, address }) => ({ device, mac, destination: address }));
  return {
    addresses: wanted(addresses, desired.addresses, addressKey),
    routes: wanted(routes, desired.routes, routeKey),
    rules: wanted(rules, desired.rules, ruleKey),
    neighbours: wanted(neighbours('neighbours'), desired.neighbours, neighbourKey),
    fdb: wanted(fdb, desired.fdb, fdbKey),
  };
}

function wanted<T>(found: readonly T[], desired: readonly T[], key: (entry: T) => string): T[] {
  const keys = new Set(desired.map(key));
  return found.filter((entry) => keys.has(key(entry)));
}

function observeLink(
  desired: DesiredLink,
  links: readonly ObservedLink[],
  name: (index: number) => string,
): DesiredLink[] {
  const link = links.find((candidate) => candidate.name === desired.name);
  if (link === undefined || link.kind !== desired.kind) return [];
  const { master: _master, hairpin: _hairpin, ...rest } = desired;
  const seen = {
    ...rest,
    ...(desired.mtu === undefined ? {} : { mtu: link.mtu }),
    ...(desired.mac === undefined ? {} : { mac: link.mac }),
    ...(link.master === 0 ? {} : { master: name(link.master) }),
    ...(link.hairpin ? { hairpin: true } : {}),
    ...(link.up ? {} : ({ down: true } as const)),
  };
  if (seen.kind !== 'vxlan' || link.vxlan === undefined) return [seen];
  const { vni, port, local, learning, deviceIndex } = link.vxlan;
  return [{ ...seen, vni, port, local, learning: learning === true, device: name(deviceIndex) }];
}
