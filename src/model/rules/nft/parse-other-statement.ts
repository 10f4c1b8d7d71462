import type { Expression, Statement } from './ast.ts';
import { parseExpression } from './parse-expression.ts';
import { UnknownWord } from './parse-pattern.ts';
import type { Tokens } from './tokens.ts';

type Parse = (tokens: Tokens) => Statement | undefined;

function textFrom(tokens: Tokens, start: number): string {
  return tokens.source.slice(start, tokens.endOfPrevious).trim();
}

/** Goes past `WORD VALUE` pairs of these words, in any order. */
function skipPairs(tokens: Tokens, words: ReadonlySet<string>): void {
  while (tokens.kind === 'word' && words.has(tokens.text)) {
    tokens.next();
    do tokens.take('a value');
    while (tokens.accept(','));
  }
}

function note(words: string): Parse {
  const known = new Set(words.split(' '));
  return (tokens) => {
    const { start } = tokens;
    tokens.next();
    skipPairs(tokens, known);
    return { kind: 'note', text: textFrom(tokens, start) };
  };
}

const amounts = new Set(['bytes', 'kbytes', 'mbytes', 'packets']);

/** `[over] 10 mbytes/second burst 5 packets`, from behind `limit rate`, `quota` or `ct count`. */
function parseAmount(tokens: Tokens, start: number): Statement {
  const over = tokens.accept('over');
  tokens.accept('until');
  tokens.take('an amount');
  while (tokens.kind === 'word' && amounts.has(tokens.text.split('/', 1)[0] ?? '')) tokens.next();
  while (tokens.accept('burst') || tokens.accept('used')) {
    tokens.take('an amount');
    tokens.take('a unit');
  }
  return { kind: 'limit', over, text: textFrom(tokens, start) };
}

function parseLimit(tokens: Tokens): Statement {
  const { start } = tokens;
  tokens.next();
  if (tokens.is('name')) throw new UnknownWord('limit name');
  tokens.expect('rate');
  return parseAmount(tokens, start);
}

function parseQuota(tokens: Tokens): Statement {
  const { start } = tokens;
  tokens.next();
  if (tokens.is('name')) throw new UnknownWord('quota name');
  return parseAmount(tokens, start);
}

function parseReject(tokens: Tokens): Statement {
  tokens.next();
  if (!tokens.accept('with')) return { kind: 'reject', type: '' };
  const protocol = tokens.take('what to reject with');
  tokens.accept('type');
  return { kind: 'reject', type: `${protocol} ${tokens.take('what to reject with')}` };
}

function toTheEnd(kind: 'queue' | 'tproxy'): Parse {
  return (tokens) => {
    const { start } = tokens;
    while (!tokens.atEnd) tokens.next();
    return { kind, text: textFrom(tokens, start) };
  };
}

/** What stands in the braces of `update @set { … }`: the key, and whether it limits, and how. */
function parseDynamicElement(tokens: Tokens): { key: Expression; limit: { over: boolean } | undefined } {
  tokens.expect('{');
  const key = parseExpression(tokens);
  let limit: { over: boolean } | undefined;
  for (let depth = 1; depth > 0; tokens.next()) {
    if (tokens.kind === 'end') throw tokens.fault('the braces are not closed');
    if (tokens.is('{')) depth++;
    else if (tokens.is('}')) depth--;
    else if (tokens.is('rate') || tokens.is('count')) limit = { over: false };
    else if (tokens.is('over') && limit !== undefined) limit = { over: true };
  }
  return { key, limit };
}

function parseUpdate(tokens: Tokens): Statement {
  const { start } = tokens;
  const operation = tokens.take('add or update') as 'add';
  if (!tokens.text.startsWith('@')) throw new UnknownWord(operation);
  const set = tokens.take('the set').slice(1);
  const { key, limit } = parseDynamicElement(tokens);
  return limit === undefined
    ? { kind: 'update', operation, set, key }
    : { kind: 'limit', over: limit.over, text: textFrom(tokens, start) };
}

const harmless = new Set(['LOG', 'NFLOG', 'ULOG', 'TRACE', 'AUDIT', 'comment']);

/** Extensions of iptables in a rule of iptables-nft, which nft cannot translate. */
function parseExtension(tokens: Tokens): Statement {
  const { start } = tokens;
  tokens.next();
  const kind = tokens.take('match or target');
  const name = tokens.take(`the ${kind}`);
  if (!harmless.has(name)) throw new UnknownWord(`xt ${kind} ${name}`);
  return { kind: 'note', text: textFrom(tokens, start) };
}

/** `tcp option maxseg size set rt mtu` changes a size only; all other options are unknown. */
function parseTcp(tokens: Tokens): Statement | undefined {
  const { start, source } = tokens;
  const clamp = /^tcp option maxseg size set (rt mtu|\d+)/.exec(source.slice(start, start + 60));
  if (clamp === null) return undefined;
  for (const _ of clamp[0].split(' ')) tokens.next();
  return { kind: 'note', text: textFrom(tokens, start) };
}

/** `ct count …` and `ct helper set …`; everything else that begins with `ct` is an expression. */
function parseCt(tokens: Tokens): Statement | undefined {
  const { start, source } = tokens;
  const rest = source.slice(start, start + 40);
  if (/^ct count\b/.test(rest)) {
    tokens.next();
    tokens.next();
    return parseAmount(tokens, start);
  }
  if (!/^ct (helper|timeout|expectation|event|label|zone|secmark) set\b/.test(rest)) return undefined;
  if (rest.startsWith('ct zone')) throw new UnknownWord('ct zone set');
  for (let words = 0; words < 3; words++) tokens.next();
  do tokens.take('a value');
  while (tokens.accept(','));
  return { kind: 'note', text: textFrom(tokens, start) };
}

function parseNotrack(tokens: Tokens): Statement {
  tokens.next();
  return { kind: 'notrack' };
}

function parseComment(tokens: Tokens): Statement {
  tokens.next();
  return { kind: 'note', text: tokens.take('the comment') };
}

/** Statements that are no match, verdict or NAT, by their first word. They give undefined where they are a match. */
export const otherStatements: ReadonlyMap<string, Parse> = new Map<string, Parse>([
  ['counter', note('packets bytes name')],
  ['log', note('prefix level group snaplen queue-threshold flags tcp ip')],
  ['last', note('used')],
  ['flow', note('add offload')],
  ['dup', note('to device')],
  ['comment', parseComment],
  ['limit', parseLimit],
  ['quota', parseQuota],
  ['reject', parseReject],
  ['queue', toTheEnd('queue')],
  ['tproxy', toTheEnd('tproxy')],
  ['add', parseUpdate],
  ['update', parseUpdate],
  ['delete', parseUpdate],
  ['xt', parseExtension],
  ['tcp', parseTcp],
  ['ct', parseCt],
  ['notrack', parseNotrack],
]);
