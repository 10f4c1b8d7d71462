import { certain, complement, type Fraction, multiply } from '../../fraction.ts';
import type { Branch, Packet, RuleHit, Verdict, World } from '../types.ts';
import { candidates } from './candidates.ts';
import { ruleMeets } from './meets.ts';
import { isHarmless } from './targets/plain.ts';
import type { Chain, Effect, MatchAnswer, Rule, Table } from './types.ts';

/** A list that shares its beginning with others. */
interface Trail<T> {
  readonly last: T;
  readonly before: Trail<T> | undefined;
}

function listOf<T>(trail: Trail<T> | undefined): T[] {
  const list: T[] = [];
  for (let at = trail; at !== undefined; at = at.before) list.push(at.last);
  return list.reverse();
}

/** One way through the rules so far. */
interface Way {
  readonly packet: Packet;
  readonly share: Fraction;
  readonly hits: Trail<RuleHit> | undefined;
  readonly shadowed: Trail<RuleHit> | undefined;
  readonly assumed: Trail<string> | undefined;
}

/** The end of a way in a chain: a verdict, or back to the caller. */
interface End {
  readonly way: Way;
  readonly verdict: Verdict | undefined;
}

interface Run {
  readonly table: Table;
  readonly world: World;
  ways: number;
}

const deepest = 200;
const mostWays = 20_000;

function unknownEnd(way: Way, reason: string): End {
  return { way, verdict: { kind: 'unknown', reason } };
}

function hitOf(rule: Rule, chain: Chain, { table }: Run, chance?: Fraction): RuleHit {
  return {
    line: rule.line,
    table: table.name,
    chain: chain.name,
    rule: rule.text,
    verdict: rule.target?.words ?? 'count',
    ...(chance === undefined ? {} : { chance }),
  };
}

/** The way that did not meet a rule. */
function passed(way: Way, answer: MatchAnswer): Way {
  if (answer.packet === undefined && answer.assumed === undefined) return way;
  const assumed = answer.assumed === undefined ? way.assumed : { last: answer.assumed, before: way.assumed };
  return { ...way, packet: answer.packet ?? way.packet, assumed };
}

function met(way: Way, rule: Rule, answer: true | MatchAnswer, chain: Chain, run: Run): Way {
  const { packet, chance, assumed } = answer === true ? ({} as Partial<MatchAnswer>) : answer;
  return {
    packet: packet ?? way.packet,
    share: chance === undefined ? way.share : multiply(way.share, chance),
    hits: { last: hitOf(rule, chain, run, chance), before: way.hits },
    shadowed: way.shadowed,
    assumed: assumed === undefined ? way.assumed : { last: assumed, before: way.assumed },
  };
}

/** Adds the rules behind the deciding one that the packet meets as well. */
function withShadowed(way: Way, chain: Chain, places: readonly number[] | undefined, from: number, run: Run): Way {
  if (!run.world.wantsShadowed) return way;
  let shadowed = way.shadowed;
  const count = places?.length ?? chain.rules.length;
  for (let at = from; at < count; at++) {
    const rule = chain.rules[places?.[at] ?? at];
    if (rule === undefined) continue;
    const answer = ruleMeets(rule, way.packet, run.world);
    const meets = answer === true || (answer !== false && answer.matches && answer.unknown === undefined);
    if (meets) shadowed = { last: hitOf(rule, chain, run), before: shadowed };
  }
  return { ...way, shadowed };
}

/** Runs the called chain; what comes back of it goes on, or goes back further after a goto. */
function call(effect: Extract<Effect, { kind: 'call' }>, way: Way, depth: number, run: Run): End[] {
  const chain = run.table.chains.get(effect.chain);
  if (chain === undefined || depth > deepest) return [unknownEnd(way, `the chain ${effect.chain} calls itself`)];
  return runChain(chain, way, depth + 1, run);
}

/** A chain while ways lead through it. */
interface Passage {
  readonly chain: Chain;
  readonly places: readonly number[] | undefined;
  readonly depth: number;
  readonly run: Run;
  readonly ends: End[];
  /** Ways that parted from others, and the rules at which they go on. */
  readonly open: { readonly way: Way; readonly from: number }[];
}

/** Does what the rule's target does; gives the way that goes on behind the rule, if just one does. */
function take(hit: Way, rule: Rule, at: number, passage: Passage): Way | undefined {
  const { chain, places, run, ends } = passage;
  const effect = rule.target?.apply(hit.packet, run.world);
  if (effect === undefined) return hit;
  if (effect.kind === 'continue') return effect.packet === hit.packet ? hit : { ...hit, packet: effect.packet };
  if (effect.kind === 'verdict') {
    const way = { ...withShadowed(hit, chain, places, at + 1, run), packet: effect.packet ?? hit.packet };
    ends.push({ way, verdict: effect.verdict });
    return undefined;
  }
  if (effect.kind === 'return') {
    ends.push({ way: hit, verdict: undefined });
    return undefined;
  }
  const back: Way[] = [];
  for (const end of call(effect, hit, passage.depth, run)) {
    if (end.verdict === undefined && !effect.goto) back.push(end.way);
    else if (end.verdict === undefined) ends.push(end);
    else ends.push({ ...end, way: withShadowed(end.way, chain, places, at + 1, run) });
  }
  const [only, ...more] = back;
  for (const way of more) passage.open.push({ way, from: at + 1 });
  return only;
}

/** Follows one way from a rule on until it ends; ways that part from it are left open. */
function follow(begin: Way, from: number, passage: Passage): void {
  const { chain, places, run, ends, open } = passage;
  let way = begin;
  const count = places?.length ?? chain.rules.length;
  for (let at = from; at < count; at++) {
    const rule = chain.rules[places?.[at] ?? at];
    if (rule === undefined) continue;
    const answer = ruleMeets(rule, way.packet, run.world);
    if (answer === false) continue;
    if (answer !== true && !answer.matches) {
      way = passed(way, answer);
      continue;
    }
    const hit = met(way, rule, answer, chain, run);
    if (answer !== true && answer.unknown !== undefined && decides(rule)) {
      ends.push(unknownEnd(hit, answer.unknown));
      return;
    }
    if (answer !== true && answer.chance !== undefined) {
      const rest = multiply(way.share, complement(answer.chance));
      open.push({ way: { ...way, share: rest }, from: at + 1 });
    }
    const on = take(hit, rule, at, passage);
    if (on === undefined) return;
    way = on;
  }
  ends.push({ way, verdict: undefined });
}

/** A chain from its first rule on: how each way through it ends. */
function runChain(chain: Chain, start: Way, depth: number, run: Run): End[] {
  const places = candidates(chain, start.packet);
  const passage: Passage = { chain, places, depth, run, ends: [], open: [{ way: start, from: 0 }] };
  for (let next = passage.open.pop(); next !== undefined; next = passage.open.pop()) {
    if (++run.ways > mostWays) return [unknownEnd(start, `the rules part into more than ${mostWays} ways`)];
    follow(next.way, next.from, passage);
  }
  return passage.ends;
}

/** Whether meeting the rule or not makes a difference to where the packet goes. */
function decides({ target }: Rule): boolean {
  return target !== undefined && !isHarmless(target.name);
}

/** All that may happen to a packet in a built-in chain of the table. Shares sum to 1. */
export function runBuiltIn(table: Table, chain: Chain, packet: Packet, world: World): Branch[] {
  const run: Run = { table, world, ways: 0 };
  const start: Way = { packet, share: certain, hits: undefined, shadowed: undefined, assumed: undefined };
  return runChain(chain, start, 0, run).map(({ way, verdict }) => ({
    packet: way.packet,
    share: way.share,
    verdict: verdict ?? { kind: chain.policy === 'DROP' ? 'drop' : 'accept' },
    hits: listOf(way.hits),
    shadowed: listOf(way.shadowed),
    assumed: listOf(way.assumed),
  }));
}
