import type { Expression, Nat } from './ast.ts';
import { type DataType, dataType } from './data-types.ts';
import { beginsExpression, parseValueOf } from './parse-expression.ts';
import { patternOf } from './parse-pattern.ts';
import type { Tokens } from './tokens.ts';
import type { Pattern } from './values.ts';

const service = dataType('inet_service');
const ipv4 = dataType('ipv4_addr');
const ipv6 = dataType('ipv6_addr');
const natFlags = new Set(['random', 'fully-random', 'persistent', 'prefix', ',']);

function constant(type: DataType, pattern: Pattern | undefined): Expression | undefined {
  return pattern === undefined ? undefined : { kind: 'constant', pattern, type };
}

/** `10.0.0.1:80`, `[fd00::1]:80-90`, `10.0.0.1-10.0.0.5`, `:80`, split into address and port. */
function splitTarget(text: string): { address: string; port: string } {
  const bracketed = /^(\[.*\]):([^\]:]*)$/.exec(text) ?? /^([^:]*):([^:]*)$/.exec(text);
  return { address: (bracketed?.[1] ?? text).replaceAll(/[[\]]/g, ''), port: bracketed?.[2] ?? '' };
}

function parseTarget(tokens: Tokens): Pick<Nat, 'address' | 'port'> {
  const { text } = tokens;
  const written = splitTarget(text);
  const type = written.address.includes(':') ? ipv6 : ipv4;
  const address = constant(type, patternOf(type, written.address));
  const port = constant(service, patternOf(service, written.port));
  if ((address === undefined && written.address !== '') || (port === undefined && written.port !== '')) {
    throw tokens.fault(`"${text}" is no address and port`);
  }
  tokens.next();
  return { ...(address === undefined ? {} : { address }), ...(port === undefined ? {} : { port }) };
}

function addressType(family: string | undefined, table: string): DataType {
  return (family ?? table) === 'ip6' ? ipv6 : ipv4;
}

/** Reads `dnat`, `snat`, `masquerade` or `redirect` with all that belongs to it. `table` is the table's family. */
export function parseNat(tokens: Tokens, table: string): Nat {
  const nat = tokens.take('nat') as Nat['nat'];
  const family = tokens.is('ip') || tokens.is('ip6') ? tokens.take('the family') : undefined;
  if (tokens.accept('addr')) {
    tokens.expect('.');
    tokens.expect('port');
  }
  if (tokens.is('prefix') || tokens.is('interval')) tokens.next();
  let target: Pick<Nat, 'address' | 'port'> = {};
  if (tokens.accept('to')) {
    target = beginsExpression(tokens)
      ? { address: parseValueOf(tokens, [addressType(family, table), service]) }
      : parseTarget(tokens);
  } else if (nat === 'dnat' || nat === 'snat') tokens.expect('to');
  while (natFlags.has(tokens.text) && tokens.kind !== 'string' && !tokens.atEnd) tokens.next();
  return { kind: 'nat', nat, ...target };
}
