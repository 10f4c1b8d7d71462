import type { Comparand, Comparison, Expression, Statement } from './ast.ts';
import { dataType } from './data-types.ts';
import {
  parseBits,
  parseConstant,
  parseExpression,
  parseSetReference,
  parseValueOf,
  typesOf,
} from './parse-expression.ts';
import { parseNat } from './parse-nat.ts';
import { otherStatements } from './parse-other-statement.ts';
import { UnknownWord } from './parse-pattern.ts';
import { parseVerdict } from './parse-set.ts';
import type { Tokens } from './tokens.ts';

const verdicts = [dataType('verdict')];
const comparisons: ReadonlySet<string> = new Set(['==', '!=', '<', '>', '<=', '>=', '!']);
/** What a rule may rewrite without any influence on its way. */
const rewritesAddress = /^(ip6? (saddr|daddr|protocol|nexthdr)|(tcp|udp|th|sctp|udplite) [sd]port)$/;

/** `a,b`: the bits of all of them. */
function parseBitList(tokens: Tokens, left: Expression): number | undefined {
  const [type] = typesOf(left);
  if (type?.bits !== true || tokens.kind !== 'word') return undefined;
  let bits = 0;
  do {
    const value = type.parse(tokens.text);
    if (typeof value !== 'number') throw new UnknownWord(tokens.text);
    bits |= value;
    tokens.next();
  } while (tokens.accept(','));
  return bits;
}

function parseComparand(tokens: Tokens, left: Expression): Comparand {
  const types = typesOf(left);
  const set = parseSetReference(tokens, { keys: types });
  if (set !== undefined) return { kind: 'set', set };
  const bits = parseBitList(tokens, left);
  if (bits !== undefined) {
    if (!tokens.accept('/')) return { kind: 'bits', value: bits };
    const mask = parseBitList(tokens, left);
    if (mask === undefined) throw tokens.fault(`bits are missing: found ${tokens.found()}`);
    return { kind: 'masked', value: bits, mask };
  }
  const [first] = types;
  if (first === undefined || types.length > 1) throw new UnknownWord(tokens.text);
  return { kind: 'expression', expression: parseBits(tokens, first, 1, parseConstant(tokens, first)) };
}

function parseMatch(tokens: Tokens, left: Expression): Statement {
  const written = comparisons.has(tokens.text) && tokens.kind === 'symbol' ? (tokens.text as Comparison) : undefined;
  if (written !== undefined) tokens.next();
  return { kind: 'match', left, comparison: written ?? 'implicit', right: parseComparand(tokens, left) };
}

function parseAssignment(tokens: Tokens, target: Expression): Statement {
  const { start } = tokens;
  const value = parseValueOf(tokens, typesOf(target));
  const name = target.kind === 'field' ? target.name : '';
  if (name === 'meta mark' || name === 'ct mark') return { kind: 'assign', target: name, value };
  if (rewritesAddress.test(name) || name === '') throw new UnknownWord('set');
  return { kind: 'note', text: `${name} set ${tokens.source.slice(start, tokens.endOfPrevious)}` };
}

function parseFromExpression(tokens: Tokens): Statement {
  const left = parseExpression(tokens);
  if (tokens.accept('set')) return parseAssignment(tokens, left);
  if (!tokens.accept('vmap')) return parseMatch(tokens, left);
  const map = parseSetReference(tokens, { keys: typesOf(left), values: verdicts });
  if (map === undefined) throw tokens.fault(`a verdict map is missing: found ${tokens.found()}`);
  return { kind: 'vmap', key: left, map };
}

/** Reads one statement of a rule; `table` is the family of its table. Throws UnknownWord where svclab knows none. */
export function parseStatement(tokens: Tokens, table: string): Statement {
  if (tokens.kind !== 'word') throw new UnknownWord(tokens.text);
  if (['dnat', 'snat', 'masquerade', 'redirect'].includes(tokens.text)) return parseNat(tokens, table);
  const other = otherStatements.get(tokens.text)?.(tokens);
  if (other !== undefined) return other;
  const verdict = parseVerdict(tokens);
  return verdict === undefined ? parseFromExpression(tokens) : { kind: 'verdict', verdict };
}
