import type { LoggedPacket } from '../kernel/netlink/nflog.ts';
import type { NftTraceEvent } from '../kernel/netlink/nft-trace.ts';
import { decodeIP } from '../packet/ip.ts';
import type { IPPacket } from '../packet/types.ts';
import { traceTable } from './marking.ts';
import type { RuleBook } from './rule-book.ts';
import type { TracedRule } from './types.ts';

const hooks = ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'] as const;

/** Where the base chains of iptables-legacy hang among others (linux/netfilter_ipv4.h). */
const priorities: Readonly<Record<string, number>> = { raw: -300, mangle: -150, filter: 0, security: 50 };

function priorityOf(table: string, hook: string): number {
  if (table !== 'nat') return priorities[table] ?? 0;
  return hook === 'PREROUTING' || hook === 'OUTPUT' ? -100 : 100;
}

/** A rule with its place in the order of Netfilter. */
interface Placed {
  readonly pass: number;
  readonly priority: number;
  readonly rule: TracedRule;
}

const ranks: Readonly<Record<string, number>> = { OUTPUT: 0, PREROUTING: 1, INPUT: 2, FORWARD: 2, POSTROUTING: 3 };

function rankOf(hook: string): number {
  return ranks[hook] ?? 0;
}

/**
 * Counts how often a packet has gone through the hooks: a packet for the node itself leaves by OUTPUT and POSTROUTING,
 * and comes back by PREROUTING and INPUT.
 */
function passCounter(): (hook: string) => number {
  let pass = 0;
  let last = '';
  return (hook) => {
    const again = rankOf(hook) < rankOf(last) || (hook === 'PREROUTING' && last === 'OUTPUT');
    if (last !== '' && again) pass += 1;
    last = hook;
    return pass;
  };
}

/** Chains that end without a rule that decided: `policy` of a base chain, `end of the chain` of others. */
function endOf(comment: string): string {
  return comment === 'policy' ? 'policy' : 'end of the chain';
}

/** The rule of one message of iptables-legacy; it numbers the end of a chain one more than its last rule. */
function loggedRule(
  { prefix, hook }: LoggedPacket,
  family: IPPacket['family'],
  book: RuleBook,
): TracedRule | undefined {
  const [, table = '', chain = '', comment = '', digits] = /^TRACE: (\S+?):(\S+):(\w+):(\d+) $/.exec(prefix) ?? [];
  if (digits === undefined) return undefined;
  const number = Number(digits);
  const text = book.chain(family, table, chain)?.[number - 1];
  const common = { event: 'rule', hook: hooks[hook] ?? '', table, chain } as const;
  return text === undefined ? { ...common, rule: endOf(comment) } : { ...common, number, rule: text };
}

function loggedRules(logged: readonly LoggedPacket[], wanted: (packet: IPPacket) => boolean, book: RuleBook): Placed[] {
  const passOf = passCounter();
  return logged.flatMap((one) => {
    const packet = decodeIP(one.payload);
    if (packet === undefined || !wanted(packet)) return [];
    const rule = loggedRule(one, packet.family, book);
    if (rule === undefined) return [];
    return [{ pass: passOf(rule.hook), priority: priorityOf(rule.table, rule.hook), rule }];
  });
}

function nftRule(event: NftTraceEvent, table: string, hook: string, book: RuleBook): TracedRule | undefined {
  const common = { event: 'rule', hook, table, chain: event.chain } as const;
  if (event.type === 'policy') return { ...common, rule: 'policy' };
  if (event.handle === undefined) return undefined;
  const known = book.byHandle(table, event.chain, event.handle);
  return { ...common, ...(known ?? { rule: `rule with handle ${event.handle}` }) };
}

function nftRules(traced: readonly NftTraceEvent[], wanted: (packet: IPPacket) => boolean, book: RuleBook): Placed[] {
  const passOf = passCounter();
  const packets = new Map<number, IPPacket | undefined>();
  let base = { hook: '', priority: 0 };
  return traced.flatMap((event) => {
    if (event.packet !== undefined) packets.set(event.id, decodeIP(event.packet));
    const packet = packets.get(event.id);
    if (event.table === traceTable || packet === undefined || !wanted(packet)) return [];
    const table = `${event.family} ${event.table}`;
    base = book.base(table, event.chain) ?? base;
    const rule = nftRule(event, table, base.hook, book);
    return rule === undefined ? [] : [{ pass: passOf(base.hook), priority: base.priority, rule }];
  });
}

/**
 * The rules that a packet met in one network namespace, by its passes through Netfilter's hooks, in the order of hooks
 * and priorities. The kernel tells of iptables and of nftables apart.
 */
export function passesOf(
  events: { readonly logged: readonly LoggedPacket[]; readonly traced: readonly NftTraceEvent[] },
  wanted: (packet: IPPacket) => boolean,
  book: RuleBook,
): readonly (readonly TracedRule[])[] {
  const placed = [...loggedRules(events.logged, wanted, book), ...nftRules(events.traced, wanted, book)];
  placed.sort((a, b) => a.pass - b.pass || rankOf(a.rule.hook) - rankOf(b.rule.hook) || a.priority - b.priority);
  return [...Map.groupBy(placed, ({ pass }) => pass).values()].map((group) => group.map(({ rule }) => rule));
}
