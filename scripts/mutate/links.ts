import type { Mutant, Typed } from './types.ts';

/** An interface, as `ip -j -d link show` tells it. */
export interface Link {
  readonly ifname: string;
  readonly mtu: number;
  readonly address: string;
  readonly master?: string;
  readonly linkinfo?: { readonly info_slave_kind?: string; readonly info_slave_data?: object };
}

/** Whether a switch of a bridge's port is on. */
function isOn(data: object, name: string): boolean {
  return new Map<string, unknown>(Object.entries(data)).get(name) === true;
}

/** A locally administered MAC that nobody in the lab has. */
export const strangeMac = '02:00:00:00:00:99';
/** Small enough that an HTTP answer does not fit. */
const smallMtu = 300;

/** Switches of a bridge's port. */
const switches = ['hairpin', 'isolated', 'learning', 'flood', 'bcast_flood'] as const;

/** Mutants of one interface of a place, and of its place in a bridge. */
export function linkMutants(target: string, { ifname, mtu, address, master, linkinfo }: Link): readonly Mutant[] {
  const set = (...words: readonly string[]): Typed => ({ argv: ['ip', 'link', 'set', 'dev', ifname, ...words] });
  const of = (kind: string, change: Typed, what: string, undo?: Typed): Mutant => {
    return { kind: `link: ${kind}`, target, what, change, ...(undo === undefined ? {} : { undo }) };
  };
  const common = [
    of('down', set('down'), ifname),
    of('a small MTU', set('mtu', String(smallMtu)), `${ifname}: ${mtu} → ${smallMtu}`, set('mtu', String(mtu))),
  ];
  if (linkinfo?.info_slave_kind !== 'bridge') {
    return [
      ...common,
      of('another MAC', set('address', strangeMac), ifname, set('address', address)),
      of('without ARP', set('arp', 'off'), ifname, set('arp', 'on')),
    ];
  }
  const port = (name: string, value: string) => set('type', 'bridge_slave', name, value);
  const turned = switches.map((name) => {
    const [value, other] = isOn(linkinfo.info_slave_data ?? {}, name) ? ['on', 'off'] : ['off', 'on'];
    return of(`bridge port with ${name} ${other}`, port(name, other), `${ifname} of ${master}`, port(name, value));
  });
  return [...common, of('out of its bridge', set('nomaster'), `${ifname} of ${master}`), ...turned];
}
