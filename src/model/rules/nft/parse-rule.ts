import type { NftRule, Statement } from './ast.ts';
import { UnknownWord } from './parse-pattern.ts';
import { parseStatement } from './parse-statement.ts';
import type { Tokens } from './tokens.ts';

/** Goes to the end of the rule, past braces that are opened and closed in it. */
function skipRule(tokens: Tokens, openBraces: number): void {
  for (let depth = openBraces; tokens.kind !== 'end'; tokens.next()) {
    if (tokens.is('{')) depth++;
    else if (depth > 0 && tokens.is('}')) depth--;
    else if (depth === 0 && tokens.atEnd) return;
  }
}

function openBraces(text: string): number {
  const plain = text.replaceAll(/"[^"]*"/g, '');
  return plain.split('{').length - plain.split('}').length;
}

/** Reads a rule to the end of its line. What svclab does not know is its last statement, `unknown`. */
export function parseRule(tokens: Tokens, table: string): NftRule {
  const { line, start, source } = tokens;
  const statements: Statement[] = [];
  while (!tokens.atEnd) {
    const begin = tokens.start;
    try {
      statements.push(parseStatement(tokens, table));
    } catch (error) {
      if (!(error instanceof UnknownWord)) throw error;
      skipRule(tokens, openBraces(source.slice(begin, tokens.start)));
      statements.push({ kind: 'unknown', text: source.slice(begin, tokens.endOfPrevious).trim() });
    }
  }
  return { line, text: source.slice(start, tokens.endOfPrevious).trim(), statements };
}
