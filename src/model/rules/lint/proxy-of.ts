import type { Family } from '../../../net/address.ts';
import type { Table } from '../iptables/types.ts';
import type { RuleSet } from '../types.ts';
import { iptablesSets, nftablesSets } from './view.ts';

/** Which kube-proxy made the rules of a dump. */
export interface ProxyOfDump {
  readonly mode: 'iptables' | 'nftables';
  /** The families that the dump has rules for; IPv4 when it has none at all. */
  readonly families: ReadonlySet<Family>;
  /** The release whose form the rules have; undefined when they do not tell. */
  readonly release?: '1.8' | '1.20' | '1.36';
}

/**
 * The form of the rules, by the chains of the table filter: KUBE-NODEPORTS is there since 1.21, KUBE-PROXY-CANARY since
 * 1.17.
 */
function releaseOf(tables: readonly Table[]): ProxyOfDump['release'] {
  const filter = tables.filter(({ name, chains }) => name === 'filter' && chains.has('KUBE-SERVICES'));
  if (filter.length === 0) return undefined;
  if (filter.some(({ chains }) => chains.has('KUBE-NODEPORTS'))) return '1.36';
  return filter.some(({ chains }) => chains.has('KUBE-PROXY-CANARY')) ? '1.20' : '1.8';
}

/** Mode, families and release of the kube-proxy that made the rules. */
export function proxyOf(ruleSets: readonly RuleSet[]): ProxyOfDump {
  const nft = nftablesSets(ruleSets).flatMap(({ tables }) => tables.filter(({ name }) => name === 'kube-proxy'));
  if (nft.length > 0) {
    const families = new Set<Family>(nft.map(({ family }) => (family === 'ip6' ? 'ipv6' : 'ipv4')));
    return { mode: 'nftables', families };
  }
  const tables = iptablesSets(ruleSets).flatMap((set) => set.tables);
  const kube = tables.filter(({ chains }) => chains.has('KUBE-SERVICES'));
  const found = new Set(kube.map(({ family }) => family));
  if (found.size === 0 || tables.some(({ family, name }) => family === 'ipv4' && name === 'nat')) found.add('ipv4');
  const release = releaseOf(tables);
  return { mode: 'iptables', families: found, ...(release === undefined ? {} : { release }) };
}
