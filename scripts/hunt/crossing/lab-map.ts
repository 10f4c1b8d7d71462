import { type NodeDump, parseNode } from '../../../src/model/rules/node.ts';
import type { IP, Mac } from '../../../src/net/address.ts';
import type { DesiredLab, DesiredLink, DesiredNetns, IptablesRuleset, Ruleset } from '../../../src/plan/desired.ts';
import { dumpOf } from './dump.ts';

/** An interface of a namespace. */
export interface Port {
  readonly netns: string;
  readonly device: string;
}

/** A lab's namespaces as they should be, and how their interfaces hang together. */
export interface LabMap {
  readonly namespaces: ReadonlyMap<string, DesiredNetns>;
  readonly link: (port: Port) => DesiredLink | undefined;
  /** The other end of a veth pair. */
  readonly peer: (port: Port) => Port | undefined;
  /** What a namespace holds, as a dump; for packets that a neighbour with this MAC sent, if rules ask for that. */
  readonly dump: (netns: string, sender: Mac | undefined) => NodeDump;
}

const keyOf = ({ netns, device }: Port): string => `${netns} ${device}`;

const macMatch = /-m mac --mac-source (\S+) /;

/** Rules that ask for the sender's MAC, which a walked packet does not have, are answered here. */
function withoutMacs(ruleset: Ruleset, sender: Mac | undefined): Ruleset {
  if (ruleset.loader === 'nft') return ruleset;
  const answered = (rule: string): readonly string[] => {
    const [, wanted] = macMatch.exec(rule) ?? [];
    if (wanted === undefined) return [rule];
    return wanted.toLowerCase() === sender?.toLowerCase() ? [rule.replace(macMatch, '')] : [];
  };
  const tables: IptablesRuleset['tables'] = ruleset.tables.map((table) => ({
    ...table,
    chains: new Map([...table.chains].map(([chain, rules]) => [chain, rules.flatMap(answered)])),
  }));
  return { ...ruleset, tables };
}

function asksForMacs({ rulesets }: DesiredNetns): boolean {
  return rulesets.some(
    (ruleset) =>
      ruleset.loader !== 'nft' &&
      ruleset.tables.some(({ chains }) => [...chains.values()].flat().some((rule) => macMatch.test(rule))),
  );
}

/** How the namespaces of the lab hang together. */
export function mapOf({ namespaces }: DesiredLab): LabMap {
  const byName = new Map(namespaces.map((netns) => [netns.name, netns]));
  const links = new Map<string, DesiredLink>();
  const peers = new Map<string, Port>();
  for (const { name: netns, links: own } of namespaces) {
    for (const link of own) {
      const port = { netns, device: link.name };
      links.set(keyOf(port), link);
      if (link.kind !== 'veth' || link.peer === undefined) continue;
      const other = { netns: link.peer.netns, device: link.peer.name };
      peers.set(keyOf(port), other);
      peers.set(keyOf(other), port);
    }
  }
  const dumps = new Map<string, NodeDump>();
  return {
    namespaces: byName,
    link: (port) => links.get(keyOf(port)),
    peer: (port) => peers.get(keyOf(port)),
    dump: (name, sender) => {
      const netns = byName.get(name);
      if (netns === undefined) throw new TypeError(`the lab has no namespace ${name}`);
      const whose = asksForMacs(netns) ? sender : undefined;
      const key = `${name} ${whose ?? ''}`;
      const known = dumps.get(key);
      if (known !== undefined) return known;
      const made = parseNode(
        dumpOf({ ...netns, rulesets: netns.rulesets.map((ruleset) => withoutMacs(ruleset, whose)) }),
        name,
      );
      dumps.set(key, made);
      return made;
    },
  };
}

/** Whether the interface has the address. */
export function hasAddress(map: LabMap, { netns, device }: Port, ip: IP): boolean {
  return map.namespaces.get(netns)?.addresses.some((one) => one.device === device && one.address === ip) === true;
}
