import type { Family } from '../../../net/address.ts';
import type { BaseChain, Hook, RuleSet, RuleSetKind, Section } from '../types.ts';
import type { NftChain, NftTable } from './ast.ts';
import { runBaseChain } from './chain-run.ts';
import { parseRuleset } from './parse-ruleset.ts';

const hooks: ReadonlySet<string> = new Set<Hook>(['prerouting', 'input', 'forward', 'output', 'postrouting']);

function familiesOf(table: NftTable): readonly Family[] {
  if (table.family === 'inet') return ['ipv4', 'ipv6'];
  if (table.family === 'ip') return ['ipv4'];
  return table.family === 'ip6' ? ['ipv6'] : [];
}

function baseChain(table: NftTable, chain: NftChain, family: Family): BaseChain | undefined {
  const { hook } = chain;
  if (hook === undefined || table.dormant || !hooks.has(hook.hook)) return undefined;
  const type = hook.type === 'nat' || hook.type === 'route' ? hook.type : 'filter';
  return {
    family,
    hook: hook.hook as Hook,
    priority: hook.priority,
    type,
    table: `${table.family} ${table.name}`,
    chain: chain.name,
    run: (packet, world) => runBaseChain(chain, packet, { table, world }),
  };
}

function notWalked(table: NftTable): string[] {
  const blind = [...table.chains.values()].filter(
    ({ hook, rules }) =>
      hook !== undefined && rules.length > 0 && (familiesOf(table).length === 0 || !hooks.has(hook.hook)),
  );
  return blind.map(
    ({ name, line }) =>
      `line ${line}: chain ${name} of table ${table.family} ${table.name} is not at a hook of IP; it was left out`,
  );
}

function notUnderstood(table: NftTable): string[] {
  return [...table.chains.values()].flatMap(({ rules }) =>
    rules.flatMap(({ line, statements }) =>
      statements.flatMap((one) => (one.kind === 'unknown' ? [`line ${line}: svclab does not know "${one.text}"`] : [])),
    ),
  );
}

/** What a section of `nft list ruleset` holds. */
export interface NftablesRuleSet extends RuleSet {
  readonly kind: 'nftables';
  readonly tables: readonly NftTable[];
}

/** The tables of `nft list ruleset` as rules that can be walked. */
export function ruleSetOf(tables: readonly NftTable[]): NftablesRuleSet {
  const baseChains = tables.flatMap((table) =>
    [...table.chains.values()].flatMap((chain) =>
      familiesOf(table).flatMap((family) => baseChain(table, chain, family) ?? []),
    ),
  );
  return {
    kind: 'nftables',
    tables,
    baseChains,
    unknown: tables.flatMap((table) => [...notWalked(table), ...notUnderstood(table)]),
  };
}

function parse({ text, file, line }: Section): NftablesRuleSet {
  return ruleSetOf(parseRuleset(text, { file, firstLine: line }));
}

/** Rules as `nft list ruleset` and `nft list table` print them. */
export const nftables: RuleSetKind = {
  name: 'nftables',
  isCommand: (command) => /^nft(\s+-\S+)*\s+list\s+(ruleset|tables?)\b/.test(command),
  recognise: (lines) => {
    const first = lines.find((line) => line.trim() !== '' && !line.startsWith('#'));
    return first !== undefined && /^table (ip6?|inet|arp|bridge|netdev) \S+ \{/.test(first)
      ? 'nft list ruleset'
      : undefined;
  },
  parse,
};
