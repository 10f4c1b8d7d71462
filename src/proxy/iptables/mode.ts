import type { ProxyMode } from '../modes.ts';
import { iptablesTables } from './proxier.ts';
import { restoreText } from './restore.ts';

/** Mode iptables: text for `iptables-restore` (`ip6tables-restore`). */
export const iptablesMode: ProxyMode = {
  name: 'iptables',
  releases: ['1.8', '1.20', '1.36'],
  defaultFamilies: ['ipv4'],
  text: (input) => restoreText(iptablesTables(input), { jumps: 'append' }),
};
