import type { ProxyMode } from '../mode.ts';
import type { ProxyInput } from '../types.ts';
import { createNftablesProxier } from './proxier.ts';
import { tableScript } from './script.ts';

/** The table of one family of one node as text for `nft -f`. Throws `usage` for what the release cannot do. */
function nftablesScript(input: ProxyInput): string {
  return tableScript(createNftablesProxier().table(input));
}

/** Mode nftables: tables `ip kube-proxy` and `ip6 kube-proxy`. */
export const nftablesMode: ProxyMode = {
  name: 'nftables',
  releases: ['1.36'],
  defaultFamilies: ['ipv4', 'ipv6'],
  createProxier: () => {
    const proxier = createNftablesProxier();
    return { rulesets: (input) => [{ owner: 'kube-proxy', loader: 'nft', table: proxier.table(input) }] };
  },
  text: nftablesScript,
};
