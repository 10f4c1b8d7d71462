import type { Hook, NftChain, NftRule, NftSet, NftTable, TableFamily } from './ast.ts';
import { checkReferences } from './check-references.ts';
import { priorities } from './constants.ts';
import { type DataType, dataType } from './data-types.ts';
import { ElementTable } from './elements.ts';
import { parseExpression, typesOf } from './parse-expression.ts';
import { UnknownWord } from './parse-pattern.ts';
import { parseRule } from './parse-rule.ts';
import { type ElementTypes, parseElements } from './parse-set.ts';
import { type Origin, Tokens } from './tokens.ts';

const families: ReadonlySet<string> = new Set<TableFamily>(['ip', 'ip6', 'inet', 'arp', 'bridge', 'netdev']);

function endOfStatement(tokens: Tokens): void {
  if (!tokens.atEnd) throw tokens.fault(`expected the end of the line, found ${tokens.found()}`);
  while (tokens.kind === 'newline' || tokens.is(';')) tokens.next();
}

/** Goes to the end of the line, past braces that are opened in it. */
function skipStatement(tokens: Tokens): void {
  for (let depth = 0; tokens.kind !== 'end'; tokens.next()) {
    if (depth === 0 && tokens.atEnd) return;
    if (tokens.is('{')) depth++;
    else if (tokens.is('}')) depth--;
  }
}

function parsePriority(tokens: Tokens): number {
  const { line } = tokens;
  const word = tokens.take('the priority');
  const base = Object.hasOwn(priorities, word) ? priorities[word] : Number(word);
  const sign = tokens.is('+') || tokens.is('-') ? tokens.take('the sign') : undefined;
  const offset = sign === undefined ? 0 : Number(`${sign}${tokens.take('the offset')}`);
  if (base === undefined || !Number.isInteger(base + offset)) throw tokens.fault(`"${word}" is no priority`, line);
  return base + offset;
}

function parseHook(tokens: Tokens): Hook {
  tokens.expect('type');
  const type = tokens.take('the type of the chain');
  tokens.expect('hook');
  const hook = tokens.take('the hook');
  while (tokens.accept('device') || tokens.accept('devices') || tokens.accept('=')) {
    if (tokens.is('{')) skipStatementPart(tokens);
    else if (!tokens.is('=')) tokens.take('the device');
  }
  tokens.expect('priority');
  const priority = parsePriority(tokens);
  while (tokens.is(';')) tokens.next();
  const policy = tokens.accept('policy') ? tokens.take('the policy') : 'accept';
  return { type, hook, priority, policy: policy === 'drop' ? 'drop' : 'accept' };
}

function skipStatementPart(tokens: Tokens): void {
  while (!tokens.is('}') && tokens.kind !== 'end') tokens.next();
  tokens.next();
}

function openBlock(tokens: Tokens): void {
  tokens.expect('{');
  while (tokens.kind === 'newline' || tokens.is(';')) tokens.next();
}

function parseChain(tokens: Tokens, table: string): NftChain {
  const { line } = tokens;
  const name = tokens.take('the name of the chain');
  const rules: NftRule[] = [];
  let hook: Hook | undefined;
  openBlock(tokens);
  while (!tokens.accept('}')) {
    if (tokens.kind === 'end') throw tokens.fault(`chain ${name} of line ${line} does not end`);
    if (tokens.is('type') && hook === undefined) hook = parseHook(tokens);
    else if (tokens.is('comment') || tokens.is('flags')) skipStatement(tokens);
    else rules.push(parseRule(tokens, table));
    endOfStatement(tokens);
  }
  return { name, line, rules, ...(hook === undefined ? {} : { hook }) };
}

function parseTypes(tokens: Tokens): DataType[] {
  const types: DataType[] = [];
  do {
    tokens.accept('interval');
    types.push(dataType(tokens.take('a type')));
  } while (tokens.accept('.'));
  return types;
}

function parseTypeof(tokens: Tokens): readonly DataType[] {
  tokens.accept('interval');
  if (tokens.accept('verdict')) return [dataType('verdict')];
  try {
    return typesOf(parseExpression(tokens));
  } catch (error) {
    if (!(error instanceof UnknownWord)) throw error;
    while (!tokens.atEnd && !tokens.is(':')) tokens.next();
    return [dataType('unknown')];
  }
}

function parseElementTypes(tokens: Tokens): ElementTypes {
  const parse = tokens.is('typeof') ? parseTypeof : parseTypes;
  tokens.next();
  const keys = parse(tokens);
  return tokens.accept(':') ? { keys, values: parse(tokens) } : { keys };
}

/** The elements; undefined where a word among them is none that svclab knows. */
function parseKnownElements(tokens: Tokens, types: ElementTypes): ElementTable | undefined {
  tokens.expect('=');
  try {
    return parseElements(tokens, types);
  } catch (error) {
    if (!(error instanceof UnknownWord)) throw error;
    skipStatementPart(tokens);
    return undefined;
  }
}

function parseSet(tokens: Tokens): NftSet {
  const { line } = tokens;
  const name = tokens.take('the name of the set');
  let types: ElementTypes | undefined;
  let elements: ElementTable | undefined = new ElementTable();
  let dynamic = false;
  let timeout: string | undefined;
  openBlock(tokens);
  while (!tokens.accept('}')) {
    if (tokens.kind === 'end') throw tokens.fault(`set ${name} of line ${line} does not end`);
    if (tokens.is('type') || tokens.is('typeof')) types = parseElementTypes(tokens);
    else if (tokens.accept('timeout')) timeout = tokens.take('the time');
    else if (tokens.accept('elements')) {
      if (types === undefined) throw tokens.fault(`set ${name} has elements before its type`);
      elements = parseKnownElements(tokens, types);
    } else {
      const flags = tokens.is('flags');
      const { start } = tokens;
      skipStatement(tokens);
      if (flags) dynamic = /\b(dynamic|timeout)\b/.test(tokens.source.slice(start, tokens.endOfPrevious));
    }
    endOfStatement(tokens);
  }
  if (types === undefined) throw tokens.fault(`set ${name} has no type`, line);
  const known = elements === undefined ? {} : { elements };
  return { name, line, ...types, dynamic, ...(timeout === undefined ? {} : { timeout }), ...known };
}

const objects = new Set(['counter', 'quota', 'limit', 'ct', 'flowtable', 'secmark', 'synproxy', 'tunnel']);

function parseTable(tokens: Tokens): NftTable {
  const { line } = tokens;
  const family = tokens.take('the family of the table');
  if (!families.has(family)) throw tokens.fault(`"${family}" is no family of tables`, line);
  const name = tokens.take('the name of the table');
  const chains = new Map<string, NftChain>();
  const sets = new Map<string, NftSet>();
  let dormant = false;
  openBlock(tokens);
  while (!tokens.accept('}')) {
    if (tokens.kind === 'end') throw tokens.fault(`table ${name} of line ${line} does not end`);
    const at = tokens.line;
    if (tokens.accept('chain')) {
      const chain = parseChain(tokens, family);
      if (chains.has(chain.name)) throw tokens.fault(`chain ${chain.name} is there twice`, at);
      chains.set(chain.name, chain);
    } else if (tokens.accept('set') || tokens.accept('map') || tokens.accept('meter')) {
      const set = parseSet(tokens);
      if (sets.has(set.name)) throw tokens.fault(`set ${set.name} is there twice`, at);
      sets.set(set.name, set);
    } else if (tokens.accept('flags')) {
      dormant = tokens.is('dormant');
      skipStatement(tokens);
    } else if (tokens.is('comment') || objects.has(tokens.text)) skipStatement(tokens);
    else throw tokens.fault(`"${tokens.text}" does not belong into a table`);
    endOfStatement(tokens);
  }
  return { family: family as TableFamily, name, line, dormant, chains, sets };
}

/**
 * The tables in a text of `nft list ruleset`. What svclab does not know stays in its rule as an `unknown` statement;
 * throws `usage` with the line where the text is damaged.
 */
export function parseRuleset(text: string, origin: Origin): NftTable[] {
  const tokens = new Tokens(text, origin);
  const tables: NftTable[] = [];
  tokens.skipNewlines();
  while (tokens.kind !== 'end') {
    tokens.expect('table');
    const table = parseTable(tokens);
    checkReferences(table, (message, line) => tokens.fault(message, line));
    tables.push(table);
    endOfStatement(tokens);
  }
  return tables;
}
