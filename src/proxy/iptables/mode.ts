import type { ProxyMode } from '../mode.ts';
import { createIptablesProxier, iptablesTables } from './proxier.ts';
import { restoreText } from './restore.ts';

/** Mode iptables: text for `iptables-restore` (`ip6tables-restore`). */
export const iptablesMode: ProxyMode = {
  name: 'iptables',
  releases: ['1.8', '1.20', '1.36'],
  defaultFamilies: ['ipv4'],
  createProxier: () => {
    const proxier = createIptablesProxier();
    return {
      rulesets: (input) => [
        {
          owner: 'kube-proxy',
          loader: input.family === 'ipv4' ? 'iptables' : 'ip6tables',
          tables: proxier.tables(input),
        },
      ],
    };
  },
  text: (input) => restoreText(iptablesTables(input), { jumps: 'append' }),
};
