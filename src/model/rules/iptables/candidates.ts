import type { Packet } from '../types.ts';
import type { Chain, Rule } from './types.ts';

/** Chains up to this length are looked at rule by rule. */
const shortChain = 12;

/** Places of rules by what a packet must have to meet them, in ascending order. */
interface Index {
  readonly byDestination: ReadonlyMap<string, readonly number[]>;
  readonly byPort: ReadonlyMap<string, readonly number[]>;
  readonly bySource: ReadonlyMap<string, readonly number[]>;
  readonly byIn: ReadonlyMap<string, readonly number[]>;
  readonly byOut: ReadonlyMap<string, readonly number[]>;
  readonly others: readonly number[];
}

type Growing = {
  readonly [Key in keyof Index]: Index[Key] extends readonly number[] ? number[] : Map<string, number[]>;
};

function exactPort({ matches }: Rule): string | undefined {
  for (const { module, options } of matches) {
    if (module !== 'tcp' && module !== 'udp' && module !== 'sctp') continue;
    const one = options.find(({ name }) => name === '--dport');
    const port = one?.values[0] ?? '';
    if (one?.negated === false && /^\d+$/.test(port)) return `${module} ${Number(port)}`;
  }
  return undefined;
}

function exactInterface(one: Rule['inInterface']): string | undefined {
  return one === undefined || one.negated || one.is.endsWith('+') ? undefined : one.is;
}

function exactHost(one: Rule['source']): string | undefined {
  return one === undefined || one.negated ? undefined : one.is.host;
}

function put(map: Map<string, number[]>, key: string, at: number): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [at]);
  else list.push(at);
}

function buildIndex(rules: readonly Rule[]): Index {
  const index: Growing = {
    byDestination: new Map(),
    byPort: new Map(),
    bySource: new Map(),
    byIn: new Map(),
    byOut: new Map(),
    others: [],
  };
  for (const [at, rule] of rules.entries()) {
    const keys = [
      [index.byDestination, exactHost(rule.destination)],
      [index.byPort, exactPort(rule)],
      [index.bySource, exactHost(rule.source)],
      [index.byIn, exactInterface(rule.inInterface)],
      [index.byOut, exactInterface(rule.outInterface)],
    ] as const;
    const found = keys.find(([, key]) => key !== undefined);
    if (found?.[1] === undefined) index.others.push(at);
    else put(found[0], found[1], at);
  }
  return index;
}

const indexes = new WeakMap<Chain, Index>();

function indexOf(chain: Chain): Index {
  const known = indexes.get(chain);
  if (known !== undefined) return known;
  const built = buildIndex(chain.rules);
  indexes.set(chain, built);
  return built;
}

/**
 * Places, in order, of the rules of a chain that the packet may meet; those left out ask for another address, port or
 * interface. Undefined for a short chain: all of them. What a chain changes of a packet (marks) is nothing of these.
 */
export function candidates(chain: Chain, packet: Packet): readonly number[] | undefined {
  if (chain.rules.length <= shortChain) return undefined;
  const index = indexOf(chain);
  const lists = [
    index.byDestination.get(packet.destination),
    index.byPort.get(`${packet.protocol} ${packet.destinationPort}`),
    index.bySource.get(packet.source),
    index.byIn.get(packet.inInterface ?? ''),
    index.byOut.get(packet.outInterface ?? ''),
    index.others.length > 0 ? index.others : undefined,
  ].filter((list) => list !== undefined);
  if (lists.length <= 1) return lists[0] ?? [];
  return lists.flat().sort((a, b) => a - b);
}
