import { certain, complement, type Fraction, multiply } from '../../fraction.ts';
import type { Verdict as Final, Packet } from '../types.ts';
import type { NftRule, Statement } from './ast.ts';
import { evaluate, isUnknown, lookUp, rememberedAs, type Scope, type Value } from './evaluate.ts';
import type { Unknown } from './field-values.ts';
import { holds } from './match.ts';
import { rejectWith } from './reject.ts';
import { translations, translationText } from './translate.ts';
import type { Verdict } from './values.ts';

/** Where a rule sends the packet: on to the next rule, to another chain, back, or to its end. */
export type Then =
  | { readonly kind: 'next' }
  | { readonly kind: 'jump' | 'goto'; readonly chain: string }
  | { readonly kind: 'return' }
  | Final;

/** One of the things that a rule may do with a packet. */
export interface RuleBranch {
  readonly packet: Packet;
  readonly share: Fraction;
  readonly goes: Then;
  /** What the rule did, in words; empty where it did not match. */
  readonly did: readonly string[];
  readonly assumed: readonly string[];
  /** How likely the rule matches, where that is left to chance. */
  readonly chance?: Fraction;
}

interface Progress extends Omit<RuleBranch, 'goes'> {
  /** The first thing that a match asked for and no dump tells; it matters once the rule does something. */
  readonly doubt?: string;
}

/** What a statement makes of the packet: further statements, or an end of the rule. */
type Step = { readonly progress: Progress; readonly goes?: Then };

const next: Then = { kind: 'next' };

function missed(progress: Progress): Step {
  return { progress: { ...progress, did: [] }, goes: next };
}

function doing(progress: Progress, words: string, more: Partial<Progress> = {}): Progress {
  return { ...progress, ...more, did: [...progress.did, words] };
}

function unknown(progress: Progress, reason: string): Step {
  return { progress: doing(progress, 'unknown'), goes: { kind: 'unknown', reason } };
}

function doubt(progress: Progress, { unknown: what }: Unknown): Step {
  return { progress: progress.doubt === undefined ? { ...progress, doubt: what } : progress };
}

function split(progress: Progress, chance: Fraction): Step[] {
  const with_ = (share: Fraction) => ({ ...progress, share: multiply(progress.share, share) });
  return [{ progress: { ...with_(chance), chance } }, missed(with_(complement(chance)))].filter(
    ({ progress: { share } }) => share.numerator > 0n,
  );
}

function runMatch(statement: Extract<Statement, { kind: 'match' }>, progress: Progress, scope: Scope): Step[] {
  const held = holds(statement, scope);
  if (held === true) return [{ progress }];
  if (held === false) return [missed(progress)];
  return 'unknown' in held ? [doubt(progress, held)] : split(progress, held);
}

function verdictWords(verdict: Verdict): string {
  return 'chain' in verdict ? `${verdict.kind} ${verdict.chain}` : verdict.kind;
}

function runVerdict(verdict: Verdict, progress: Progress): Step {
  if (verdict.kind === 'continue') return { progress };
  if (verdict.kind === 'queue') return unknown(progress, 'a program in user space decides (queue)');
  return { progress: doing(progress, verdictWords(verdict)), goes: verdict };
}

function runVmap(statement: Extract<Statement, { kind: 'vmap' }>, progress: Progress, scope: Scope): Step[] {
  const values = evaluate(statement.key, scope);
  return values.map(({ share, value }) => {
    const part = {
      ...progress,
      share: multiply(progress.share, share),
      ...(values.length > 1 ? { chance: share } : {}),
    };
    const found = lookUp(statement.map, value, scope);
    if (found === undefined) return missed(part);
    if ('unknown' in found) return unknown(part, found.unknown);
    return found.verdict === undefined ? missed(part) : runVerdict(found.verdict, part);
  });
}

function withMark(packet: Packet, target: string, mark: number): Packet {
  if (target === 'meta mark') return { ...packet, mark };
  return { ...packet, connection: { ...packet.connection, mark } };
}

function runAssign(statement: Extract<Statement, { kind: 'assign' }>, progress: Progress, scope: Scope): Step[] {
  const words = statement.target === 'ct mark' ? 'ct mark' : 'mark';
  const values = evaluate(statement.value, scope);
  return values.map(({ share, value }) => {
    const part = { ...progress, share: multiply(progress.share, share) };
    if (value === undefined) return missed(part);
    if (isUnknown(value)) return unknown(part, value.unknown);
    const mark = Number(value[0]) >>> 0;
    return {
      progress: doing(part, `${words} 0x${mark.toString(16)}`, {
        packet: withMark(part.packet, statement.target, mark),
        ...(values.length > 1 ? { chance: share } : {}),
      }),
    };
  });
}

function runNat(statement: Extract<Statement, { kind: 'nat' }>, progress: Progress, scope: Scope): Step[] {
  const all = translations(statement, scope);
  return all.map(({ share, translation }) => {
    const part = { ...progress, share: multiply(progress.share, share), ...(all.length > 1 ? { chance: share } : {}) };
    if (translation === undefined) return missed(part);
    if ('unknown' in translation) return unknown(part, translation.unknown);
    return { progress: doing(part, translationText(translation)), goes: { kind: 'accept', translation } };
  });
}

function remember(packet: Packet, name: string): Packet {
  return { ...packet, remembered: new Map(packet.remembered).set(name, (packet.remembered.get(name) ?? 0) + 1) };
}

function forget(packet: Packet, name: string): Packet {
  const remembered = new Map(packet.remembered);
  remembered.delete(name);
  return { ...packet, remembered };
}

function runUpdate(statement: Extract<Statement, { kind: 'update' }>, progress: Progress, scope: Scope): Step {
  const value: Value = evaluate(statement.key, scope)[0]?.value;
  if (value === undefined) return missed(progress);
  if (isUnknown(value)) return unknown(progress, value.unknown);
  const name = rememberedAs(scope.table, statement.set, value);
  const change = statement.operation === 'delete' ? forget : remember;
  const words = `${statement.operation} @${statement.set}`;
  return { progress: doing(progress, words, { packet: change(progress.packet, name) }) };
}

/** A match of iptables that decides nothing, as no target comes after it. */
const idle = /^xt match \S+( counter packets \d+ bytes \d+)?$/;

function runStatement(statement: Statement, progress: Progress, scope: Scope): Step[] {
  switch (statement.kind) {
    case 'match':
      return runMatch(statement, progress, scope);
    case 'verdict':
      return [runVerdict(statement.verdict, progress)];
    case 'vmap':
      return runVmap(statement, progress, scope);
    case 'assign':
      return runAssign(statement, progress, scope);
    case 'nat':
      return runNat(statement, progress, scope);
    case 'reject': {
      const type = rejectWith(statement.type, progress.packet.family);
      return [{ progress: doing(progress, `reject ${type}`), goes: { kind: 'reject', with: type } }];
    }
    case 'limit': {
      const words = `"${statement.text}" is taken as not used up`;
      return statement.over
        ? [missed(progress)]
        : [{ progress: { ...progress, assumed: [...progress.assumed, words] } }];
    }
    case 'update':
      return [runUpdate(statement, progress, scope)];
    case 'notrack': {
      const connection = { ...progress.packet.connection, state: 'untracked' as const };
      return [{ progress: doing(progress, 'notrack', { packet: { ...progress.packet, connection } }) }];
    }
    case 'queue':
      return [unknown(progress, 'a program in user space decides (queue)')];
    case 'tproxy':
      return [unknown(progress, `svclab does not follow "${statement.text}"`)];
    case 'note':
      return [{ progress: statement.text.startsWith('log') ? doing(progress, 'log') : progress }];
    case 'unknown':
      return [idle.test(statement.text) ? { progress } : unknown(progress, `svclab does not know "${statement.text}"`)];
  }
}

function doubted({ progress, goes }: Step, before: Progress): Step {
  const reason = progress.doubt;
  const acts = progress.did.length > before.did.length;
  if (reason === undefined || !acts) return goes === undefined ? { progress } : { progress, goes };
  return { progress, goes: { kind: 'unknown', reason: `no dump tells ${reason}` } };
}

function finish({ doubt: _, ...progress }: Progress, goes: Then): RuleBranch {
  return { ...progress, goes };
}

/** Everything that the rule may do with the packet; shares sum to 1. */
export function runRule(rule: NftRule, packet: Packet, scope: Omit<Scope, 'packet'>): readonly RuleBranch[] {
  const done: RuleBranch[] = [];
  let live: Progress[] = [{ packet, share: certain, did: [], assumed: [] }];
  for (const statement of rule.statements) {
    if (live.length === 0) break;
    const after: Progress[] = [];
    for (const before of live) {
      for (const step of runStatement(statement, before, { ...scope, packet: before.packet })) {
        const { progress, goes } = doubted(step, before);
        if (goes === undefined) after.push(progress);
        else done.push(finish(progress, goes));
      }
    }
    live = after;
  }
  return [...done, ...live.map((progress) => finish(progress, next))];
}
