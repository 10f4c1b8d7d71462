import type { IptablesRuleSet } from './iptables/types.ts';
import type { NftTable } from './nft/ast.ts';
import { type NftablesRuleSet, ruleSetOf } from './nft/rule-set.ts';
import { ruleSetKinds } from './registry.ts';
import type { RuleSet, Section } from './types.ts';

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

/** Tables without those that iptables-save has printed as well: iptables-nft keeps its rules in nftables. */
function withoutCopies(ruleSets: readonly RuleSet[]): RuleSet[] {
  const iptables = ruleSets.filter((set): set is IptablesRuleSet => set.kind === 'iptables');
  return ruleSets.map((set) => {
    if (set.kind !== 'nftables' || iptables.length === 0) return set;
    const { tables } = set as NftablesRuleSet;
    return ruleSetOf(tables.filter((table) => !isCopy(table, iptables)));
  });
}

/** Rules without comments and counters, to know a text that was taken twice. */
function bareText(text: string): string {
  return text.replaceAll(/^#.*\n|^\[\d+:\d+\] |\[\d+:\d+\]$/gm, '');
}

/** Sections of rules, each once: iptables-save and iptables-legacy-save or -nft-save print the same when one is the other. */
function firstOfEach(sections: readonly Section[]): readonly Section[] {
  if (sections.length < 2) return sections;
  const seen = new Set<string>();
  return sections.filter(({ command, text }) => {
    const key = `${/^\S*6/.test(command.split(' ')[0] ?? '')} ${bareText(text)}`;
    return !seen.has(key) && seen.add(key);
  });
}

/**
 * The rules among the sections of a dump. What two commands have printed both, such as iptables-save and nft list
 * ruleset, is there once, as the first or as iptables-save writes it. Throws `usage` with the line that is damaged.
 */
export function ruleSetsOf(sections: readonly Section[]): RuleSet[] {
  const rules = sections.filter(({ command }) => ruleSetKinds.some(({ isCommand }) => isCommand(command)));
  const sets = firstOfEach(rules).flatMap((section) => {
    const kind = ruleSetKinds.find(({ isCommand }) => isCommand(section.command));
    return kind === undefined ? [] : [kind.parse(section)];
  });
  return withoutCopies(sets);
}
