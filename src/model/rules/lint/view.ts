import type { Family } from '../../../net/address.ts';
import type { Chain, IptablesRuleSet, Table } from '../iptables/types.ts';
import type { NftChain, NftRule, NftTable, Statement } from '../nft/ast.ts';
import type { ElementTable } from '../nft/elements.ts';
import type { NftablesRuleSet } from '../nft/rule-set.ts';
import type { Verdict } from '../nft/values.ts';
import type { Hook, RuleSet } from '../types.ts';

/** A rule, whatever program made it. */
export interface RuleView {
  readonly line: number;
  readonly text: string;
  /** Chains that it may send packets to. */
  readonly calls: readonly string[];
  /** Whether every packet that comes to it ends there. */
  readonly endsAll: boolean;
}

/** A chain, whatever program made it. */
export interface ChainView {
  readonly name: string;
  readonly line: number;
  /** Of built-in and base chains. */
  readonly hook: Hook | undefined;
  readonly rules: readonly RuleView[];
}

/** A table, whatever program made it. */
export interface TableView {
  readonly kind: 'iptables' | 'nftables';
  /** `nat`; with its family for nft: `ip kube-proxy`. */
  readonly name: string;
  readonly family: Family | 'inet';
  readonly chains: ReadonlyMap<string, ChainView>;
}

/** The rule sets of iptables-save. */
export function iptablesSets(ruleSets: readonly RuleSet[]): IptablesRuleSet[] {
  return ruleSets.filter((set): set is IptablesRuleSet => set.kind === 'iptables');
}

/** The rule sets of nft list ruleset. */
export function nftablesSets(ruleSets: readonly RuleSet[]): NftablesRuleSet[] {
  return ruleSets.filter((set): set is NftablesRuleSet => set.kind === 'nftables');
}

const hooks: Readonly<Record<string, Hook>> = {
  PREROUTING: 'prerouting',
  INPUT: 'input',
  FORWARD: 'forward',
  OUTPUT: 'output',
  POSTROUTING: 'postrouting',
};
const ends: ReadonlySet<string> = new Set([
  'ACCEPT',
  'DROP',
  'REJECT',
  'RETURN',
  'DNAT',
  'SNAT',
  'MASQUERADE',
  'REDIRECT',
]);

function isIptablesChain(table: Table, name: string | undefined): name is string {
  return name !== undefined && table.chains.has(name);
}

function iptablesChain(table: Table, chain: Chain): ChainView {
  return {
    name: chain.name,
    line: chain.line,
    hook: chain.policy === undefined ? undefined : hooks[chain.name],
    rules: chain.rules.map((rule) => {
      const { source, destination, inInterface, outInterface, protocol, matches, target } = rule;
      const every = [source, destination, inInterface, outInterface, protocol].every((one) => one === undefined);
      return {
        line: rule.line,
        text: rule.text,
        calls: isIptablesChain(table, target?.name) ? [target.name] : [],
        endsAll: every && matches.length === 0 && target !== undefined && ends.has(target.name),
      };
    }),
  };
}

function called(verdict: Verdict | undefined): string[] {
  return verdict !== undefined && 'chain' in verdict ? [verdict.chain] : [];
}

function calledFrom(elements: ElementTable | undefined): string[] {
  return [...(elements?.all() ?? [])].flatMap(({ verdict }) => called(verdict));
}

/** Chains that a statement of nft may send packets to. */
export function callsOf(statement: Statement, table: NftTable): string[] {
  if (statement.kind === 'verdict') return called(statement.verdict);
  if (statement.kind !== 'vmap') return [];
  const { map } = statement;
  return calledFrom(map.kind === 'anonymous' ? map.elements : table.sets.get(map.name)?.elements);
}

function endsAll({ statements }: NftRule): boolean {
  const conditional = statements.some(({ kind }) => ['match', 'limit', 'vmap', 'unknown'].includes(kind));
  const last = statements.at(-1);
  if (conditional || last === undefined) return false;
  return last.kind === 'nat' || last.kind === 'reject' || (last.kind === 'verdict' && !('chain' in last.verdict));
}

function nftChain(table: NftTable, chain: NftChain): ChainView {
  const hook = Object.values(hooks).find((name) => name === chain.hook?.hook);
  return {
    name: chain.name,
    line: chain.line,
    hook,
    rules: chain.rules.map((rule) => ({
      line: rule.line,
      text: rule.text,
      calls: rule.statements.flatMap((statement) => callsOf(statement, table)),
      endsAll: endsAll(rule),
    })),
  };
}

/** All tables of the IP families. */
export function viewsOf(ruleSets: readonly RuleSet[]): TableView[] {
  const iptables = iptablesSets(ruleSets).flatMap(({ tables }) =>
    tables.map((table): TableView => {
      const chains = new Map([...table.chains.values()].map((chain) => [chain.name, iptablesChain(table, chain)]));
      return { kind: 'iptables', name: table.name, family: table.family, chains };
    }),
  );
  const families = { ip: 'ipv4', ip6: 'ipv6', inet: 'inet' } as const;
  const nftables = nftablesSets(ruleSets).flatMap(({ tables }) =>
    tables.flatMap((table): TableView[] => {
      const { family } = table;
      if (family !== 'ip' && family !== 'ip6' && family !== 'inet') return [];
      const chains = new Map([...table.chains.values()].map((chain) => [chain.name, nftChain(table, chain)]));
      return [{ kind: 'nftables', name: `${family} ${table.name}`, family: families[family], chains }];
    }),
  );
  return [...iptables, ...nftables];
}

/** The names of all chains that packets may come to from these. */
export function reachable(table: TableView, from: readonly string[]): Set<string> {
  const reached = new Set(from);
  for (const name of reached) {
    for (const { calls } of table.chains.get(name)?.rules ?? []) for (const call of calls) reached.add(call);
  }
  return reached;
}
