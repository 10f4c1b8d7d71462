import { LabError } from '../../../errors.ts';
import type { Family } from '../../../net/address.ts';
import type { Network } from '../network.ts';
import { protocolName } from '../protocols.ts';
import { matchModules } from './matches/registry.ts';
import { readOptions } from './options.ts';
import { targetModules } from './targets/registry.ts';
import type { Match, Negatable, Rule, RuleOption, Target } from './types.ts';
import { network } from './values.ts';

/** What rules of one table share while they are read: equal matches and targets are made once. */
export interface RuleContext {
  readonly family: Family;
  readonly isChain: (name: string) => boolean;
  readonly matches: Map<string, { readonly match: Match; readonly length: number }>;
  readonly targets: Map<string, Target>;
  readonly protocols: Map<string, Negatable<string>>;
}

/** A context without anything in it. */
export function newContext(family: Family, isChain: (name: string) => boolean): RuleContext {
  return { family, isChain, matches: new Map(), targets: new Map(), protocols: new Map() };
}

function compileMatch(module: string, options: readonly RuleOption[], known: boolean, family: Family): Match {
  const definition = matchModules.get(module);
  const test = known ? definition?.compile(options, family) : undefined;
  return { module, options, test };
}

function readMatch(words: readonly string[], at: number, context: RuleContext): { match: Match; next: number } {
  const module = words[at];
  if (module === undefined || module === '') throw new LabError('usage', '-m names no match');
  const definition = matchModules.get(module);
  let end = at + 1;
  while (end < words.length && words[end] !== '-m' && words[end] !== '-j' && words[end] !== '-g') end++;
  const key = words.slice(at, end).join(' ');
  const kept = context.matches.get(key);
  if (kept !== undefined) return { match: kept.match, next: at + kept.length };
  const { options, next, known } = readOptions(words, at + 1, definition?.options);
  const match = compileMatch(module, options, known, context.family);
  context.matches.set(key, { match, length: next - at });
  return { match, next };
}

function unknownTarget(name: string, options: readonly RuleOption[]): Target {
  const verdict = { kind: 'unknown', reason: `svclab does not know the target ${name}` } as const;
  return { name, options, apply: () => ({ kind: 'verdict', verdict }), words: `unknown target ${name}` };
}

function buildTarget(words: readonly string[], at: number, context: RuleContext): Target {
  const name = words[at] ?? '';
  const goto = words[at - 1] === '-g';
  if (goto || context.isChain(name)) {
    if (!context.isChain(name)) throw new LabError('usage', `-g goes to the chain "${name}", which the table has not`);
    if (at + 1 < words.length) throw new LabError('usage', `"${words[at + 1]}" comes after the chain ${name}`);
    const effect = { kind: 'call', chain: name, goto } as const;
    return { name, options: [], apply: () => effect, words: `${goto ? 'goto' : 'jump'} ${name}` };
  }
  const definition = targetModules.get(name);
  const { options, next, known } = readOptions(words, at + 1, definition?.options);
  if (next < words.length) throw new LabError('usage', `"${words[next]}" is not expected after -j ${name}`);
  if (definition === undefined || !known) return unknownTarget(name, options);
  return { name, options, ...definition.compile(options, context.family) };
}

function readTarget(words: readonly string[], at: number, context: RuleContext): Target {
  if (words[at] === undefined || words[at] === '') throw new LabError('usage', `${words[at - 1]} names no target`);
  const key = at + 1 === words.length ? `${words[at - 1]} ${words[at]}` : words.slice(at - 1).join(' ');
  const kept = context.targets.get(key);
  if (kept !== undefined) return kept;
  const target = buildTarget(words, at, context);
  context.targets.set(key, target);
  return target;
}

function networkOf(name: string, text: string, negated: boolean, family: Family): Negatable<Network> {
  const is = network(name, text);
  if (is.family !== family)
    throw new LabError('usage', `${text} is no address of ${family === 'ipv4' ? 'IPv4' : 'IPv6'}`);
  return { is, negated };
}

function protocolOf(text: string, negated: boolean, { protocols }: RuleContext): Negatable<string> {
  const key = negated ? `!${text}` : text;
  const kept = protocols.get(key) ?? { is: protocolName(text), negated };
  protocols.set(key, kept);
  return kept;
}

type Fields = { -readonly [Key in keyof Rule]: Rule[Key] };

/** Sets the field that an option such as `-s` fills; false when the option is none of these. */
function setField(rule: Fields, name: string, value: string, negated: boolean, context: RuleContext): boolean {
  switch (name) {
    case '-s':
      rule.source = networkOf(name, value, negated, context.family);
      return true;
    case '-d':
      rule.destination = networkOf(name, value, negated, context.family);
      return true;
    case '-i':
      rule.inInterface = { is: value, negated };
      return true;
    case '-o':
      rule.outInterface = { is: value, negated };
      return true;
    case '-p':
      rule.protocol = protocolOf(value, negated, context);
      return true;
    default:
      return false;
  }
}

/** What stands where in a line. */
export interface RulePlace {
  readonly line: number;
  readonly text: string;
  readonly packets: number | undefined;
}

/** The rule in the words after `-A CHAIN`. Throws `usage` without a place when they are no rule. */
export function parseRule(words: readonly string[], place: RulePlace, context: RuleContext): Rule {
  const matches: Match[] = [];
  const rule: Fields = {
    line: place.line,
    text: place.text,
    packets: place.packets,
    source: undefined,
    destination: undefined,
    inInterface: undefined,
    outInterface: undefined,
    protocol: undefined,
    matches,
    comment: undefined,
    target: undefined,
  };
  for (let at = 2; at < words.length; ) {
    const negated = words[at] === '!';
    const name = words[negated ? at + 1 : at] ?? '';
    at += negated ? 2 : 1;
    if (name === '-m' && words[at] === 'comment') {
      if (words[at + 1] !== '--comment' || words[at + 2] === undefined)
        throw new LabError('usage', '-m comment has no text');
      rule.comment = words[at + 2];
      at += 3;
    } else if (name === '-m') {
      const { match, next } = readMatch(words, at, context);
      matches.push(match);
      at = next;
    } else if (name === '-j' || name === '-g') {
      rule.target = readTarget(words, at, context);
      at = words.length;
    } else if (name === '-f') {
      matches.push({ module: 'fragment', options: [], test: () => negated });
    } else {
      at = readField(rule, words, { at, name, negated }, context);
    }
  }
  return rule;
}

/** Reads the value of `-s` and its like, also in the older order `-s ! VALUE`; gives the place behind it. */
function readField(
  rule: Fields,
  words: readonly string[],
  { at, name, negated }: { readonly at: number; readonly name: string; readonly negated: boolean },
  context: RuleContext,
): number {
  const inner = words[at] === '!';
  const value = words[inner ? at + 1 : at];
  if (value === undefined || value === '') throw new LabError('usage', `"${name}" has no value`);
  if (!setField(rule, name, value, negated !== inner, context))
    throw new LabError('usage', `"${name}" is not expected here`);
  return at + (inner ? 2 : 1);
}
