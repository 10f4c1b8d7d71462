import type { Ruleset } from '../desired.ts';
import { iptablesLoader } from './iptables.ts';
import type { RulesetLoader } from './loader.ts';
import { nftLoader } from './nft.ts';

const loaders = { iptables: iptablesLoader, ip6tables: iptablesLoader, nft: nftLoader } as const;

/** The loader of a ruleset. */
export function loaderOf<R extends Ruleset>(ruleset: R): RulesetLoader<R> {
  return loaders[ruleset.loader] as unknown as RulesetLoader<R>;
}
