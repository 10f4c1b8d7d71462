import type { RuleSet, Section } from '../types.ts';

/** Something wrong in a dump. */
export interface Finding {
  /** Stable name of what was looked for, such as `missing-jump`. */
  readonly rule: string;
  /** Line in the file, from 1; absent where something is missing as a whole. */
  readonly line?: number;
  /** `nat`; with its family for nft: `ip kube-proxy`. */
  readonly table?: string;
  readonly chain?: string;
  /** What is wrong. */
  readonly what: string;
  /** What users of Services notice. */
  readonly effect: string;
  /** What to do. */
  readonly cure: string;
}

/** A dump, read. */
export interface LintInput {
  readonly sections: readonly Section[];
  readonly ruleSets: readonly RuleSet[];
  /** Sysctls of the network by name; empty when the dump has none. */
  readonly sysctls: ReadonlyMap<string, string>;
  /** Addresses of the node; empty when the dump has none. */
  readonly addresses: ReadonlySet<string>;
}

/** Looks for one kind of fault. */
export type Check = (input: LintInput) => readonly Finding[];
