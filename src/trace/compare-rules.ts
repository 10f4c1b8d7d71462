import type { NodeDump } from '../model/rules/node.ts';
import type { WalkQuestion } from '../model/rules/types.ts';
import { type WalkPath, walk } from '../model/rules/walk.ts';
import type { TraceComparison, TracedRule, TraceHop } from './types.ts';

/** A rule by its table, chain and text. */
function keyOf({ table, chain, rule }: Pick<TracedRule, 'table' | 'chain' | 'rule'>): string {
  const prefix = `-A ${chain} `;
  return `${table} ${chain}: ${rule.startsWith(prefix) ? rule.slice(prefix.length) : rule}`;
}

function hitRules({ events }: TraceHop): string[] {
  return events.flatMap((event) => (event.event === 'rule' && event.number !== undefined ? [keyOf(event)] : []));
}

function walkedRules({ trail }: WalkPath): string[] {
  return trail.flatMap((one) => (one.kind === 'rule' ? [keyOf(one.hit)] : []));
}

function isNft(key: string): boolean {
  return /^\S+ \S+ \S+:/.test(key);
}

/** iptables' rules, then nftables'. The kernel tells of them apart, so that their order among each other is not known. */
function apart(rules: readonly string[]): readonly string[] {
  return [...rules.filter((rule) => !isNft(rule)), ...rules.filter(isNft)];
}

/** How many rules only one of both lists has; one more when the order differs. */
function distance(a: readonly string[], b: readonly string[]): number {
  const only = (one: readonly string[], other: readonly string[]) => one.filter((rule) => !other.includes(rule)).length;
  return only(a, b) + only(b, a) + (a.join('\n') === b.join('\n') ? 0 : 1);
}

function firstDifference(a: readonly string[], b: readonly string[]): number {
  const at = a.findIndex((rule, i) => rule !== b[i]);
  return at < 0 ? a.length : at;
}

/** Every way by the dump. Of chains with one priority the kernel asks those first that came last: no dump tells which. */
function waysBy(dump: NodeDump, question: WalkQuestion): WalkPath[] {
  const orders = [dump, { ...dump, ruleSets: [...dump.ruleSets].reverse() }];
  return orders.flatMap((one) => walk(one, question).paths);
}

/**
 * The rules that the kernel says a packet met on one visit to a node, beside those that a walk over the node's dump
 * finds, rule by rule. Of the walk's ways, where chance decides, the one that is nearest counts. Undefined where the walk
 * comes to a rule that svclab does not understand.
 */
export function compareRules(hop: TraceHop, dump: NodeDump, question: WalkQuestion): TraceComparison | undefined {
  const met = apart(hitRules(hop));
  const ranked = waysBy(dump, question)
    .map((path) => ({ path, rules: apart(walkedRules(path)) }))
    .sort((a, b) => distance(a.rules, met) - distance(b.rules, met));
  const [nearest] = ranked;
  if (nearest === undefined || nearest.path.outcome === 'unknown') return undefined;
  const { rules } = nearest;
  const what = `rules of ${hop.where}`;
  if (distance(rules, met) === 0) {
    return { what, predicted: `${rules.length} rules`, seen: 'the same', agrees: true };
  }
  const at = firstDifference(rules, met);
  return { what, predicted: rules[at] ?? 'no more rules', seen: met[at] ?? 'no more rules', agrees: false };
}
