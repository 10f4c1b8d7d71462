import { otherAddress } from './address.ts';
import type { Mutant, Place, Typed } from './types.ts';

interface Link {
  readonly ifname: string;
  readonly mtu: number;
  readonly address: string;
  readonly master?: string;
  readonly linkinfo?: { readonly info_kind?: string; readonly info_slave_kind?: string };
}

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
/** A locally administered MAC that nobody in the lab has. */
const strangeMac = '02:00:00:00:00:99';
/** Small enough that an HTTP answer does not fit. */
const smallMtu = 300;

function linkMutants(target: string, { ifname, mtu, master, linkinfo }: Link): Mutant[] {
  const set = (...words: readonly string[]) => typed('ip', 'link', 'set', 'dev', ifname, ...words);
  const of = (kind: string, change: Typed, what = ifname): Mutant => ({ kind: `link: ${kind}`, target, what, change });
  const isPort = linkinfo?.info_slave_kind === 'bridge';
  return [
    of('down', set('down')),
    of('a small MTU', set('mtu', String(smallMtu)), `${ifname}: ${mtu} → ${smallMtu}`),
    ...(isPort ? [] : [of('another MAC', set('address', strangeMac))]),
    ...(isPort
      ? [
          of('out of its bridge', set('nomaster'), `${ifname} of ${master}`),
          of('hairpin off', set('type', 'bridge_slave', 'hairpin', 'off')),
        ]
      : []),
  ];
}

function addressMutants(target: string, { ifname, addr_info: addresses }: Interface): Mutant[] {
  return addresses
    .filter(({ family }) => family === 'inet')
    .map(({ local, prefixlen }) => ({
      kind: 'address: gone',
      target,
      what: `${local}/${prefixlen} dev ${ifname}`,
      change: typed('ip', 'address', 'del', `${local}/${prefixlen}`, 'dev', ifname),
    }));
}

function routeMutants(target: string, { dst, gateway, dev, protocol }: Route): Mutant[] {
  const what = [
    dst,
    ...(gateway === undefined ? [] : ['via', gateway]),
    ...(dev === undefined ? [] : ['dev', dev]),
  ].join(' ');
  const gone = { kind: 'route: gone', target, what, change: typed('ip', 'route', 'del', ...what.split(' ')) };
  if (gateway === undefined || dev === undefined) return [gone];
  const elsewhere = otherAddress(gateway);
  const other = typed('ip', 'route', 'replace', dst, 'via', elsewhere, 'dev', dev, 'onlink');
  const own =
    protocol === 'kernel'
      ? []
      : [{ kind: 'route: leads elsewhere', target, what: `${what} → ${elsewhere}`, change: other }];
  return [gone, ...own];
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
  const entry = (verb: string, destination: string) =>
    typed('bridge', 'fdb', verb, mac, 'dev', ifname, 'dst', destination, 'self', 'permanent');
  return [of('gone', entry('del', dst)), of('leads elsewhere', entry('replace', otherAddress(dst)))];
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
