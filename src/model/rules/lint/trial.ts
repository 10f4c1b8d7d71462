import { parseIP } from '../../../net/address.ts';
import { certain } from '../../fraction.ts';
import type { BaseChain, RuleHit, World } from '../types.ts';
import type { LintInput } from './types.ts';
import { viewsOf } from './view.ts';

/** Whom the packets are from that are tried; addresses for documentation, so that no rule means them alone. */
export const clients = { ipv4: parseIP('203.0.113.254'), ipv6: parseIP('2001:db8::fffe') };
/** No interface of this name is on the node; rules that name theirs do not match. */
export const noInterface = 'svclab-lint';

/** What rules may ask of the node while packets are tried. */
export function worldOf({ addresses, sysctls }: LintInput): World {
  return {
    addressType: (address) => (addresses.has(address) || /^127\.|^::1$/.test(address) ? 'local' : 'unicast'),
    route: () => [{ type: 'unicast', share: certain, text: '' }],
    set: () => undefined,
    sysctl: (name) => sysctls.get(name),
    wantsShadowed: false,
  };
}

function isKubeName(chain: string): boolean {
  return chain.startsWith('KUBE-');
}

/** Whether the rule is one of kube-proxy's, or jumps to one. */
export function isKube({ table, chain, verdict }: RuleHit): boolean {
  return isKubeName(chain) || / kube-proxy$/.test(table) || / KUBE-/.test(verdict);
}

/** A chain as the views of a dump know it. */
export function keyOf({ table, chain, family }: Pick<BaseChain, 'table' | 'chain' | 'family'>): string {
  return `${family} ${table} ${chain}`;
}

/**
 * The built-in chains of NAT that jump to kube-proxy's: who does not come so far is kept from it. Not those that are
 * there twice, in legacy iptables and in iptables-nft, with a jump in one only.
 */
export function kubeJumps({ ruleSets }: LintInput): ReadonlySet<string> {
  const chains = viewsOf(ruleSets)
    .filter(({ kind, name }) => kind === 'iptables' && name === 'nat')
    .flatMap(({ name: table, family, chains: all }) =>
      [...all.values()]
        .filter(({ hook }) => hook !== undefined && family !== 'inet')
        .map(({ name, rules }) => ({
          key: `${family} ${table} ${name}`,
          jumps: rules.some(({ calls }) => calls.some(isKubeName)),
        })),
    );
  const without = new Set(chains.filter(({ jumps }) => !jumps).map(({ key }) => key));
  return new Set(chains.map(({ key }) => key).filter((key) => !without.has(key)));
}
