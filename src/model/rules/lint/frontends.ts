import type { IP } from '../../../net/address.ts';
import type { Chain, Rule, Table } from '../iptables/types.ts';
import type { RuleSet } from '../types.ts';
import type { Frontend } from './frontend.ts';
import { nftFrontends } from './nft-frontends.ts';
import { iptablesSets, nftablesSets } from './view.ts';

const dispatch: ReadonlySet<string> = new Set(['KUBE-SERVICES', 'KUBE-NODEPORTS']);
const serving = /^KUBE-(SVC|SVL|EXT|XLB|FW)-/;

/** The one address that the rule is for; rules of node ports name none, or all of 127.0.0.0/8. */
function addressOf({ destination }: Rule): IP | undefined {
  return destination?.negated === false ? destination.is.host : undefined;
}

function portOf({ matches }: Rule): number | undefined {
  const option = matches.flatMap(({ options }) => options).find(({ name }) => name === '--dport');
  const port = Number(option?.values[0]);
  return Number.isInteger(port) ? port : undefined;
}

/** What is behind a chain of iptables. */
interface Behind {
  readonly endpoints: Map<string, number>;
  refuses: boolean;
}

function collect(table: Table, chain: Chain, into: Behind, seen: Set<string>): void {
  if (seen.has(chain.name)) return;
  seen.add(chain.name);
  for (const { target, line } of chain.rules) {
    const to =
      target?.name === 'DNAT' ? target.options.find(({ name }) => name === '--to-destination')?.values[0] : undefined;
    if (to !== undefined) into.endpoints.set(to, line);
    if (target?.name === 'DROP' || target?.name === 'REJECT' || target?.name === 'KUBE-MARK-DROP') into.refuses = true;
    const next = table.chains.get(target?.name ?? '');
    if (next !== undefined) collect(table, next, into, seen);
  }
}

function behind(table: Table, chain: Chain): Behind {
  const found: Behind = { endpoints: new Map(), refuses: false };
  collect(table, chain, found, new Set());
  return found;
}

function frontendOf(table: Table, rule: Rule): Frontend | undefined {
  const name = rule.target?.name ?? '';
  const chain = table.chains.get(name);
  const port = portOf(rule);
  if (!serving.test(name) || chain === undefined || port === undefined) return undefined;
  const address = addressOf(rule);
  return {
    family: table.family,
    ...(address === undefined ? {} : { address }),
    port,
    protocol: rule.protocol?.is ?? 'tcp',
    line: rule.line,
    table: table.name,
    chain: name,
    ...behind(table, chain),
    empty: chain.rules.length === 0,
  };
}

function iptablesFrontends(table: Table): Frontend[] {
  if (table.name !== 'nat') return [];
  const chains = [...table.chains.values()].filter(({ name }) => dispatch.has(name));
  return chains.flatMap(({ rules }) => rules.flatMap((rule) => frontendOf(table, rule) ?? []));
}

/** Every address and node port that kube-proxy's rules send to endpoints. */
export function frontendsOf(ruleSets: readonly RuleSet[]): Frontend[] {
  return [
    ...iptablesSets(ruleSets).flatMap(({ tables }) => tables.flatMap(iptablesFrontends)),
    ...nftablesSets(ruleSets).flatMap(({ tables }) => tables.flatMap(nftFrontends)),
  ];
}
