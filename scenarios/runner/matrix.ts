import { globSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Setting } from '../../src/scenario/types.ts';

const folder = join(import.meta.dirname, '..');

/** Scenarios that also run with the classic rules, for what is particular to them. */
const classic: readonly string[] = ['node-port', 'udp-conntrack', 'invalid-packets', 'same-external-ip'];

/** One scenario with one proxy. */
export interface Run extends Setting {
  readonly name: string;
  readonly file: string;
}

export const settings: readonly Setting[] = [
  { mode: 'iptables', release: '1.36' },
  { mode: 'nftables', release: '1.36' },
  { mode: 'iptables', release: '1.20' },
  { mode: 'iptables', release: '1.8' },
];

/** The scenario files of this folder, each with the proxies that it is tried with. */
export function matrix(): readonly Run[] {
  const files = globSync(join(folder, '*.yaml')).sort();
  return settings.flatMap((setting) =>
    files
      .map((file) => ({ ...setting, file, name: basename(file, '.yaml') }))
      .filter(({ name, release }) => release !== '1.8' || classic.includes(name)),
  );
}
