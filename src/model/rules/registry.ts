import { iptables } from './iptables/kind.ts';
import { nftables } from './nft/rule-set.ts';
import type { RuleSetKind } from './types.ts';

/** Every kind of rules that a dump may hold. */
export const ruleSetKinds: readonly RuleSetKind[] = [iptables, nftables];
