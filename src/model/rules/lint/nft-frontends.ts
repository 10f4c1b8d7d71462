import { type Family, hostPort, type IP, ipFromBigInt } from '../../../net/address.ts';
import type { NftChain, NftRule, NftTable, Statement } from '../nft/ast.ts';
import type { Datum } from '../nft/data-types.ts';
import type { Element } from '../nft/elements.ts';
import type { Pattern } from '../nft/values.ts';
import { protocolName } from '../protocols.ts';
import type { Frontend } from './frontend.ts';
import { callsOf } from './view.ts';

function exact(pattern: Pattern | undefined): Datum | undefined {
  return pattern?.kind === 'exact' ? pattern.value : undefined;
}

function addressText(value: Datum | undefined, family: Family): IP | undefined {
  return typeof value === 'number' || typeof value === 'bigint' ? ipFromBigInt(BigInt(value), family) : undefined;
}

function endpoint(address: Pattern | undefined, port: Pattern | undefined, family: Family): string[] {
  const ip = addressText(exact(address), family);
  const number = exact(port);
  if (ip === undefined) return [];
  return [number === undefined ? ip : hostPort(ip, Number(number))];
}

/** Where a statement of NAT sends packets. */
function endpointsOf(statement: Statement, family: Family): string[] {
  if (statement.kind !== 'nat' || statement.nat !== 'dnat') return [];
  const { address, port } = statement;
  if (address?.kind === 'constant') {
    return endpoint(address.pattern, port?.kind === 'constant' ? port.pattern : undefined, family);
  }
  if (address?.kind !== 'map' || address.map.kind !== 'anonymous') return [];
  return [...address.map.elements.all()].flatMap(({ value }) => endpoint(value?.[0], value?.[1], family));
}

function isRefusal(statement: Statement): boolean {
  return statement.kind === 'reject' || (statement.kind === 'verdict' && statement.verdict.kind === 'drop');
}

interface Behind {
  readonly endpoints: Map<string, number>;
  refuses: boolean;
}

function collectRule(table: NftTable, rule: NftRule, family: Family, into: Behind, seen: Set<string>): void {
  for (const statement of rule.statements) {
    for (const one of endpointsOf(statement, family)) into.endpoints.set(one, rule.line);
    if (isRefusal(statement)) into.refuses = true;
    for (const call of callsOf(statement, table)) collect(table, table.chains.get(call), family, into, seen);
  }
}

function collect(table: NftTable, chain: NftChain | undefined, family: Family, into: Behind, seen: Set<string>): void {
  if (chain === undefined || seen.has(chain.name)) return;
  seen.add(chain.name);
  for (const rule of chain.rules) collectRule(table, rule, family, into, seen);
}

function frontendOf(table: NftTable, family: Family, { key, verdict, line }: Element): Frontend | undefined {
  const [port, protocol, address] = key.map(exact).reverse();
  if (verdict === undefined || !('chain' in verdict) || port === undefined || protocol === undefined) return undefined;
  const ip = addressText(address, family);
  const found: Behind = { endpoints: new Map(), refuses: false };
  const chain = table.chains.get(verdict.chain);
  collect(table, chain, family, found, new Set());
  return {
    family,
    ...(ip === undefined ? {} : { address: ip }),
    port: Number(port),
    protocol: protocolName(String(protocol)),
    line,
    table: `${table.family} ${table.name}`,
    chain: verdict.chain,
    ...found,
    empty: chain?.rules.length === 0,
  };
}

/** Every address and node port that a table of kube-proxy in mode nftables serves. */
export function nftFrontends(table: NftTable): Frontend[] {
  if (table.name !== 'kube-proxy') return [];
  const family: Family = table.family === 'ip6' ? 'ipv6' : 'ipv4';
  const maps = ['service-ips', 'service-nodeports'].flatMap((name) => table.sets.get(name) ?? []);
  return maps.flatMap(({ elements }) =>
    [...(elements?.all() ?? [])].flatMap((element) => frontendOf(table, family, element) ?? []),
  );
}
