import { otherAddress } from './address.ts';
import { type Link, linkMutants, strangeMac } from './links.ts';
import type { Mutant, Place, Typed } from './types.ts';

interface Interface {
  readonly ifname: string;
  readonly addr_info: readonly { readonly family: string; readonly local: string; readonly prefixlen: number }[];
}

interface Route {
  readonly dst: string;
  readonly gateway?: string;
  readonly dev?: string;
  readonly protocol?: string;
}

interface Neighbour {
  readonly dst: string;
  readonly dev: string;
  readonly lladdr?: string;
  readonly state: readonly string[];
}

interface FdbEntry {
  readonly mac: string;
  readonly ifname: string;
  readonly dst?: string;
}

const typed = (...argv: readonly string[]): Typed => ({ argv });
function addressMutants(target: string, { ifname, addr_info: addresses }: Interface): Mutant[] {
  return addresses
    .filter(({ family }) => family === 'inet')
    .flatMap(({ local, prefixlen }) => {
      const address = (verb: string, ip: string, length: number) =>
        typed('ip', 'address', verb, `${ip}/${length}`, 'dev', ifname);
      const what = `${local}/${prefixlen} dev ${ifname}`;
      const other = otherAddress(local);
      const more = { change: address('add', other, 32), undo: address('del', other, 32) };
      return [
        { kind: 'address: gone', target, what, change: address('del', local, prefixlen) },
        { kind: 'address: one more', target, what: `${other}/32 dev ${ifname}`, ...more },
      ];
    });
}

/** Types of routes that lead nowhere. */
const dead = ['blackhole', 'unreachable', 'prohibit'] as const;

function routeMutants(target: string, { dst, gateway, dev, protocol }: Route): Mutant[] {
  const what = [
    dst,
    ...(gateway === undefined ? [] : ['via', gateway]),
    ...(dev === undefined ? [] : ['dev', dev]),
  ].join(' ');
  const route = (verb: string, ...words: readonly string[]) => typed('ip', 'route', verb, ...words);
  const gone = { kind: 'route: gone', target, what, change: route('del', ...what.split(' ')) };
  const ends = dead.map((type) => {
    return { kind: `route: ${type}`, target, what, change: route('replace', type, dst), undo: route('del', type, dst) };
  });
  if (gateway === undefined || dev === undefined) return [gone, ...ends];
  const elsewhere = otherAddress(gateway);
  const other = route('replace', dst, 'via', elsewhere, 'dev', dev, 'onlink');
  const own =
    protocol === 'kernel'
      ? []
      : [{ kind: 'route: leads elsewhere', target, what: `${what} → ${elsewhere}`, change: other }];
  return [gone, ...ends, ...own];
}

function neighbourMutants(target: string, { dst, dev, lladdr }: Neighbour): Mutant[] {
  const of = (kind: string, change: Typed): Mutant => ({
    kind: `neighbour: ${kind}`,
    target,
    what: `${dst} ${lladdr} dev ${dev}`,
    change,
  });
  return [
    of('gone', typed('ip', 'neighbour', 'del', dst, 'dev', dev)),
    of('another MAC', typed('ip', 'neighbour', 'replace', dst, 'lladdr', strangeMac, 'dev', dev, 'nud', 'permanent')),
  ];
}

function fdbMutants(target: string, { mac, ifname, dst = '' }: FdbEntry): Mutant[] {
  const of = (kind: string, change: Typed): Mutant => ({
    kind: `FDB: ${kind}`,
    target,
    what: `${mac} dst ${dst} dev ${ifname}`,
    change,
  });
  const entry = (verb: string, destination: string, ...more: readonly string[]) =>
    typed('bridge', 'fdb', verb, mac, 'dev', ifname, 'dst', destination, ...more, 'self', 'permanent');
  return [
    of('gone', entry('del', dst)),
    of('leads elsewhere', entry('replace', otherAddress(dst))),
    of('another UDP port', entry('replace', dst, 'port', '4789')),
    of('another VNI', entry('replace', dst, 'vni', '99')),
  ];
}

async function json<T>({ read }: Place, ...argv: readonly string[]): Promise<readonly T[]> {
  const text = (await read(...argv)).trim();
  return text === '' ? [] : JSON.parse(text);
}

/** Mutants of a place's links, addresses, routes, permanent neighbours and FDB entries. */
export async function networkMutants(place: Place): Promise<readonly Mutant[]> {
  const { target } = place;
  const links = await json<Link>(place, 'ip', '-j', '-d', 'link', 'show');
  const real = links.filter(({ ifname }) => ifname !== 'lo');
  const names = new Set(real.map(({ ifname }) => ifname));
  const addresses = await json<Interface>(place, 'ip', '-j', 'address', 'show');
  const routes = await json<Route>(place, 'ip', '-j', 'route', 'show');
  const neighbours = await json<Neighbour>(place, 'ip', '-j', 'neighbour', 'show');
  const fdb = await json<FdbEntry>(place, 'bridge', '-j', 'fdb', 'show');
  return [
    ...real.flatMap((link) => linkMutants(target, link)),
    ...addresses.filter(({ ifname }) => names.has(ifname)).flatMap((each) => addressMutants(target, each)),
    ...routes.flatMap((route) => routeMutants(target, route)),
    ...neighbours.filter(({ state }) => state.includes('PERMANENT')).flatMap((each) => neighbourMutants(target, each)),
    ...fdb.filter(({ dst }) => dst !== undefined).flatMap((entry) => fdbMutants(target, entry)),
  ];
}
