import type { Chain, Rule, Table } from '../iptables/types.ts';
import type { NftChain, NftRule, NftTable } from '../nft/ast.ts';
import { markOrder } from './mark-order.ts';
import type { Check, Finding } from './types.ts';
import { iptablesSets, nftablesSets } from './view.ts';

const cure = 'Restart kube-proxy, which writes these chains anew; if that does not last, another program edits them.';
const everything =
  'Every packet that leaves the node gets its address: Pods do not see who calls them, and policies by address fail.';
const nothing =
  'No Service traffic gets the address of the node: answers go astray, and connections from outside hang.';

function markOf(rule: Rule, module: string, option: RegExp): string | undefined {
  const options = rule.matches.filter((one) => one.module === module).flatMap((one) => one.options);
  return options.find(({ name }) => option.test(name))?.values[0];
}

function targetMark(rule: Rule): string | undefined {
  return rule.target?.name === 'MARK' ? rule.target.options[0]?.values[0] : undefined;
}

function bitsOf(mark: string | undefined): number | undefined {
  return mark === undefined ? undefined : Number(mark.split('/')[0]);
}

function problem(table: Table, chain: Chain, rule: Rule | undefined, what: string, effect: string): Finding {
  return {
    rule: 'masquerade-order',
    line: rule?.line ?? chain.line,
    table: table.name,
    chain: chain.name,
    what,
    effect,
    cure,
  };
}

/** KUBE-POSTROUTING: unmarked packets go back, the mark is taken off, the rest is masqueraded. */
function postrouting(table: Table, chain: Chain): Finding[] {
  const at = chain.rules.findIndex(
    ({ target, matches }) => target?.name === 'MASQUERADE' && matches.every(({ module }) => module !== 'set'),
  );
  const rule = chain.rules[at];
  if (rule === undefined) {
    return [problem(table, chain, undefined, 'KUBE-POSTROUTING does not masquerade.', nothing)];
  }
  const isMarked = (one: Rule) => one.matches.some(({ module }) => module === 'mark');
  const before = chain.rules.slice(0, at);
  const findings: Finding[] = [];
  if (!isMarked(rule) && !before.some((one) => one.target?.name === 'RETURN' && isMarked(one))) {
    findings.push(problem(table, chain, rule, 'Packets without the mark come to MASQUERADE as well.', everything));
  }
  const late = chain.rules.slice(at + 1).find((one) => one.target?.name === 'MARK');
  if (late !== undefined && !isMarked(rule)) {
    const effect = 'Packets keep the mark when they are masqueraded, and a tunnel may masquerade them once more.';
    findings.push(
      problem(table, chain, late, 'The mark is taken off after MASQUERADE, where no packet comes.', effect),
    );
  }
  return findings;
}

function marks(table: Table, marking: Chain, post: Chain): Finding[] {
  const set = marking.rules.map(targetMark).find((mark) => mark !== undefined);
  if (set === undefined) return [problem(table, marking, undefined, 'KUBE-MARK-MASQ sets no mark.', nothing)];
  const asked = post.rules.map((rule) => markOf(rule, 'mark', /^--mark$/)).find((mark) => mark !== undefined);
  if (asked === undefined || bitsOf(asked) === bitsOf(set)) return [];
  const what = `KUBE-MARK-MASQ sets the mark ${set}, and KUBE-POSTROUTING asks for ${asked}.`;
  return [problem(table, marking, marking.rules[0], what, nothing)];
}

function inIptables(table: Table): Finding[] {
  const marking = table.chains.get('KUBE-MARK-MASQ');
  const post = table.chains.get('KUBE-POSTROUTING');
  if (table.name !== 'nat' || marking === undefined || post === undefined) return [];
  return [...postrouting(table, post), ...marks(table, marking, post), ...markOrder(table)];
}

function has(rule: NftRule, test: (statement: NftRule['statements'][number]) => boolean): boolean {
  return rule.statements.some(test);
}

const isMatch = (rule: NftRule) => has(rule, ({ kind }) => kind === 'match');
const setsMark = (rule: NftRule) => has(rule, (one) => one.kind === 'assign' && one.target === 'meta mark');
const leaves = (rule: NftRule) =>
  !isMatch(rule) &&
  has(rule, (one) => one.kind === 'vmap' || one.kind === 'nat' || (one.kind === 'verdict' && 'chain' in one.verdict));

function nftProblem(table: NftTable, chain: NftChain, line: number, what: string, effect: string): Finding {
  return {
    rule: 'masquerade-order',
    line,
    table: `${table.family} ${table.name}`,
    chain: chain.name,
    what,
    effect,
    cure,
  };
}

function lateMark(table: NftTable, chain: NftChain): Finding[] {
  const at = chain.rules.findIndex(leaves);
  const late = at < 0 ? undefined : chain.rules.slice(at + 1).find(setsMark);
  const before = chain.rules[at];
  if (late === undefined || before === undefined) return [];
  const what = `The mark for masquerading is set after line ${before.line}, which takes packets away.`;
  const effect = 'They keep their source address; the answers go another way, and the connections hang.';
  return [nftProblem(table, chain, late.line, what, effect)];
}

function nftPostrouting(table: NftTable, chain: NftChain): Finding[] {
  const at = chain.rules.findIndex((rule) => has(rule, (one) => one.kind === 'nat'));
  const rule = chain.rules[at];
  if (rule === undefined)
    return [nftProblem(table, chain, chain.line, 'The chain masquerading does not masquerade.', nothing)];
  const returns = chain.rules
    .slice(0, at)
    .some((one) => isMatch(one) && has(one, (part) => part.kind === 'verdict' && part.verdict.kind === 'return'));
  if (isMatch(rule) || returns) return [];
  return [nftProblem(table, chain, rule.line, 'Packets without the mark are masqueraded as well.', everything)];
}

function inNftables(table: NftTable): Finding[] {
  if (table.name !== 'kube-proxy') return [];
  const post = table.chains.get('masquerading');
  const late = [...table.chains.values()].flatMap((chain) => (chain === post ? [] : lateMark(table, chain)));
  return [...(post === undefined ? [] : nftPostrouting(table, post)), ...late];
}

/** Rules that mark and masquerade, in the wrong order or not at all. */
export const masqueradeOrder: Check = ({ ruleSets }) => [
  ...iptablesSets(ruleSets).flatMap(({ tables }) => tables.flatMap(inIptables)),
  ...nftablesSets(ruleSets).flatMap(({ tables }) => tables.flatMap(inNftables)),
];
