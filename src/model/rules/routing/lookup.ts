import type { Family, IP } from '../../../net/address.ts';
import type { Fraction } from '../../fraction.ts';
import { addressNumber, networkHas } from '../network.ts';
import type { RouteQuestion } from '../types.ts';
import type { PolicyRule } from './policy.ts';
import type { NextHop, Route } from './routes.ts';

/** Routes of one table, found by their prefixes. */
class RouteTable {
  /** By prefix length, longest first: routes by their network's number. */
  readonly #byPrefix: readonly (readonly [length: number, routes: ReadonlyMap<number | bigint, readonly Route[]>])[];

  constructor(routes: readonly Route[]) {
    const byPrefix = new Map<number, Map<number | bigint, Route[]>>();
    for (const route of routes) {
      const length = route.destination.prefix ?? 0;
      const ofLength = byPrefix.get(length) ?? new Map<number | bigint, Route[]>();
      byPrefix.set(length, ofLength);
      ofLength.set(route.destination.base, [...(ofLength.get(route.destination.base) ?? []), route]);
    }
    this.#byPrefix = [...byPrefix].sort(([a], [b]) => b - a);
  }

  /** The routes of the longest prefix that hold the address and are usable, those of least metric. */
  find(destination: IP, usable: (route: Route) => boolean): readonly Route[] {
    for (const [, ofLength] of this.#byPrefix) {
      const [sample] = ofLength.values();
      const first = sample?.[0]?.destination;
      if (first === undefined) continue;
      const value = addressNumber(destination);
      const base =
        typeof value === 'number' && typeof first.mask === 'number'
          ? (value & first.mask) >>> 0
          : typeof value === 'bigint' && typeof first.mask === 'bigint'
            ? value & first.mask
            : undefined;
      const found = (base === undefined ? [] : (ofLength.get(base) ?? [])).filter(
        (route) => networkHas(route.destination, destination) && usable(route),
      );
      const metric = Math.min(...found.map((route) => route.metric));
      if (found.length > 0) return found.filter((route) => route.metric === metric);
    }
    return [];
  }
}

/** A next hop that routing chose. */
export interface Chosen {
  readonly route: Route;
  readonly hop: NextHop;
  readonly share: Fraction;
}

/** What policy routing says: next hops with shares, or a rule that ends the search, or that no route was found. */
export type LookupAnswer =
  | { readonly kind: 'routes'; readonly chosen: readonly Chosen[] }
  | { readonly kind: 'blackhole' | 'unreachable' | 'prohibit'; readonly rule: PolicyRule }
  | { readonly kind: 'none' };

/** Routing tables of one family and the rules that lead to them. */
export class Routing {
  readonly #tables: ReadonlyMap<string, RouteTable>;
  readonly #rules: readonly PolicyRule[];
  readonly #family: Family;

  constructor(family: Family, routes: readonly Route[], rules: readonly PolicyRule[]) {
    this.#family = family;
    this.#rules = rules;
    const byTable = Map.groupBy(
      routes.filter((route) => route.family === family),
      ({ table }) => table,
    );
    this.#tables = new Map([...byTable].map(([table, all]) => [table, new RouteTable(all)]));
  }

  /** What `ip route get` would say. */
  lookup(question: RouteQuestion): LookupAnswer {
    let from = 0;
    for (const rule of this.#rules) {
      if (rule.priority < from || !rule.meets(question)) continue;
      const { action } = rule;
      if (action.kind === 'goto') from = action.priority;
      else if (action.kind === 'table') {
        const chosen = this.#inTable(action.table, action.suppressPrefix, question);
        if (chosen !== undefined) return { kind: 'routes', chosen };
      } else if (action.kind !== 'nop') return { kind: action.kind, rule };
    }
    return { kind: 'none' };
  }

  /** The address's routes in the table `local` alone, which says what the address is to the node. */
  localRoutes(address: IP, device: string | undefined): readonly Route[] {
    const ofDevice = (route: Route) => device === undefined || route.hops.some((hop) => hop.device === device);
    return this.#tables.get('local')?.find(address, ofDevice) ?? [];
  }

  #inTable(table: string, suppress: number | undefined, question: RouteQuestion): readonly Chosen[] | undefined {
    const { destination, outInterface } = question;
    const leaves = (hop: NextHop) => outInterface === undefined || hop.device === outInterface;
    const usable = (route: Route) =>
      route.hops.length === 0 || route.hops.some((hop) => !hop.dead && leaves(hop)) || isEnd(route);
    const found = this.#tables.get(table)?.find(destination, usable) ?? [];
    const [first] = found;
    if (first === undefined || first.type === 'throw') return undefined;
    if (suppress !== undefined && (first.destination.prefix ?? 0) <= suppress) return undefined;
    return this.#share(found, leaves);
  }

  /** Shares by weight among the next hops of a route; in IPv6, also of routes of one metric with gateways. */
  #share(found: readonly Route[], leaves: (hop: NextHop) => boolean): Chosen[] {
    const [first] = found;
    if (first === undefined) return [];
    const several = this.#family === 'ipv6' && found.every(({ hops }) => hops[0]?.gateway !== undefined);
    const pairs = (several ? found : [first]).flatMap((route) => {
      const live = route.hops.filter((hop) => !hop.dead && leaves(hop));
      return (live.length === 0 ? route.hops.slice(0, 1) : live).map((hop) => ({ route, hop }));
    });
    const total = pairs.reduce((sum, { hop }) => sum + hop.weight, 0);
    return pairs.map((pair) => ({
      ...pair,
      share:
        pairs.length === 1
          ? { numerator: 1n, denominator: 1n }
          : { numerator: BigInt(pair.hop.weight), denominator: BigInt(total) },
    }));
  }
}

function isEnd({ type }: Route): boolean {
  return type === 'blackhole' || type === 'unreachable' || type === 'prohibit' || type === 'throw';
}
