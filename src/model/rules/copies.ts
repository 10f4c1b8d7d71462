import type { IptablesRuleSet } from './iptables/types.ts';
import type { NftTable } from './nft/ast.ts';
import { type NftablesRuleSet, ruleSetOf } from './nft/rule-set.ts';
import type { RuleSet } from './types.ts';

const families: Readonly<Record<string, string>> = { ip: 'ipv4', ip6: 'ipv6' };

function isCopy(table: NftTable, iptables: readonly IptablesRuleSet[]): boolean {
  return iptables.some(({ tables }) =>
    tables.some(
      ({ name, family, chains }) =>
        name === table.name &&
        family === families[table.family] &&
        [...table.chains.keys()].every((chain) => chains.has(chain)),
    ),
  );
}

/**
 * The rule sets without tables that are there twice: iptables-nft keeps its rules in nftables, so that iptables-save
 * and nft list ruleset both print them. What iptables-save printed stays.
 */
export function withoutCopies(ruleSets: readonly RuleSet[]): RuleSet[] {
  const iptables = ruleSets.filter((set): set is IptablesRuleSet => set.kind === 'iptables');
  return ruleSets.map((set) => {
    if (set.kind !== 'nftables' || iptables.length === 0) return set;
    const { tables } = set as NftablesRuleSet;
    return ruleSetOf(tables.filter((table) => !isCopy(table, iptables)));
  });
}
