import type { DataType } from './data-types.ts';
import type { ElementTable } from './elements.ts';
import type { Pattern, Verdict } from './values.ts';

/** Families of nft tables. */
export type TableFamily = 'ip' | 'ip6' | 'inet' | 'arp' | 'bridge' | 'netdev';

/** A set or map: of the table by name, or written inside the rule. */
export type SetReference =
  | { readonly kind: 'named'; readonly name: string }
  | { readonly kind: 'anonymous'; readonly elements: ElementTable };

/** Something of a packet, or computed from it. */
export type Expression =
  /** `ip daddr`, `meta mark`, `ct state`, `fib daddr type`… under that name. */
  | { readonly kind: 'field'; readonly name: string; readonly type: DataType }
  | { readonly kind: 'constant'; readonly pattern: Pattern; readonly type: DataType }
  | { readonly kind: 'concatenation'; readonly parts: readonly Expression[] }
  | { readonly kind: 'bitwise'; readonly operator: BitOperator; readonly left: Expression; readonly right: Expression }
  /** One of `modulus` numbers, from `offset` on: by chance, in turn, or by a hash. */
  | {
      readonly kind: 'number';
      readonly by: 'random' | 'inc' | 'hash';
      readonly modulus: number;
      readonly offset: number;
    }
  /** `meta random`: 32 random bits. */
  | { readonly kind: 'random' }
  | { readonly kind: 'map'; readonly key: Expression; readonly map: SetReference };

/** `&`, `|`, `^`, `<<` and `>>`. */
export type BitOperator = '&' | '|' | '^' | '<<' | '>>';

/** How a match compares; `implicit` is a match without operator, which asks for one of the bits of a set of bits. */
export type Comparison = 'implicit' | '==' | '!=' | '<' | '>' | '<=' | '>=' | '!';

/** What a match compares with. */
export type Comparand =
  | { readonly kind: 'set'; readonly set: SetReference }
  | { readonly kind: 'expression'; readonly expression: Expression }
  /** `syn / fin,syn`: these bits, and only they, of those. */
  | { readonly kind: 'masked'; readonly value: number; readonly mask: number }
  | { readonly kind: 'bits'; readonly value: number };

/** One statement of a rule. */
export type Statement =
  | {
      readonly kind: 'match';
      readonly left: Expression;
      readonly comparison: Comparison;
      readonly right: Comparand;
    }
  | { readonly kind: 'verdict'; readonly verdict: Verdict }
  | { readonly kind: 'vmap'; readonly key: Expression; readonly map: SetReference }
  /** `meta mark set …`, `ct mark set …`; `target` is the name of the field. */
  | { readonly kind: 'assign'; readonly target: string; readonly value: Expression }
  | Nat
  | { readonly kind: 'reject'; readonly type: string }
  /** `limit`, `quota`, `ct count`: true as long as not too much has come; with `over` the other way round. */
  | { readonly kind: 'limit'; readonly over: boolean; readonly text: string }
  | {
      readonly kind: 'update';
      readonly operation: 'add' | 'update' | 'delete';
      readonly set: string;
      readonly key: Expression;
    }
  | { readonly kind: 'notrack' }
  | { readonly kind: 'queue'; readonly text: string }
  | { readonly kind: 'tproxy'; readonly text: string }
  /** Counters, logs and whatever else changes nothing. */
  | { readonly kind: 'note'; readonly text: string }
  /** What svclab does not know; the rest of the rule from there on. */
  | { readonly kind: 'unknown'; readonly text: string };

/** `dnat`, `snat`, `masquerade` or `redirect`. An address may bring its port along, from a map. */
export interface Nat {
  readonly kind: 'nat';
  readonly nat: 'dnat' | 'snat' | 'masquerade' | 'redirect';
  readonly address?: Expression;
  readonly port?: Expression;
}

/** A rule, with its line in the dump (from 1) and its text as nft wrote it. */
export interface NftRule {
  readonly line: number;
  readonly text: string;
  readonly statements: readonly Statement[];
}

/** What makes a chain one that the kernel calls. */
export interface Hook {
  readonly type: string;
  readonly hook: string;
  readonly priority: number;
  readonly policy: 'accept' | 'drop';
}

/** A chain; with `hook` a base chain. */
export interface NftChain {
  readonly name: string;
  readonly line: number;
  readonly hook?: Hook;
  readonly rules: readonly NftRule[];
}

/** A named set or map. */
export interface NftSet {
  readonly name: string;
  readonly line: number;
  /** Types of the parts of a key. */
  readonly keys: readonly DataType[];
  /** Types of the parts of a map's values; `verdict` alone for a verdict map. Absent for a set. */
  readonly values?: readonly DataType[];
  /** Whether rules add to it. */
  readonly dynamic: boolean;
  /** As nft writes it, such as `3h`. */
  readonly timeout?: string;
  /** Absent where svclab does not know what they are. */
  readonly elements?: ElementTable;
}

/** A table with all that is in it. */
export interface NftTable {
  readonly family: TableFamily;
  readonly name: string;
  readonly line: number;
  /** Whether the kernel ignores its base chains (`flags dormant`). */
  readonly dormant: boolean;
  readonly chains: ReadonlyMap<string, NftChain>;
  readonly sets: ReadonlyMap<string, NftSet>;
}
