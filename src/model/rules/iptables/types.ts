import type { Family } from '../../../net/address.ts';
import type { Fraction } from '../../fraction.ts';
import type { Network } from '../network.ts';
import type { Hook, Packet, RuleSet, Verdict, World } from '../types.ts';

/** An option of a match or target with its values, such as `! --dport 80`. */
export interface RuleOption {
  readonly name: string;
  readonly negated: boolean;
  readonly values: readonly string[];
}

/** What a match says when yes and no are not enough. */
export interface MatchAnswer {
  readonly matches: boolean;
  /** How likely it matches; certain when absent. */
  readonly chance?: Fraction;
  /** Why nobody can tell. */
  readonly unknown?: string;
  /** What was taken for granted. */
  readonly assumed?: string;
  /** The packet with what the match remembers of it. */
  readonly packet?: Packet;
}

/** Whether a packet meets a match. */
export type Test = (packet: Packet, world: World) => boolean | MatchAnswer;

/** A match of a rule: what follows one `-m`. */
export interface Match {
  readonly module: string;
  readonly options: readonly RuleOption[];
  /** Absent when svclab does not know what the match means. */
  readonly test: Test | undefined;
}

/** What a target does with a packet. */
export type Effect =
  | { readonly kind: 'verdict'; readonly verdict: Verdict; readonly packet?: Packet }
  | { readonly kind: 'continue'; readonly packet: Packet }
  | { readonly kind: 'return' }
  | { readonly kind: 'call'; readonly chain: string; readonly goto: boolean };

/** What follows `-j` or `-g`. */
export interface Target {
  readonly name: string;
  readonly options: readonly RuleOption[];
  readonly apply: (packet: Packet, world: World) => Effect;
  /** What it does, in few words: `dnat 10.244.1.2:80`, `mark 0x4000/0x4000`. */
  readonly words: string;
}

/** An extension of iptables that stands after `-m`. */
export interface MatchModule {
  readonly name: string;
  /** How many values each option takes. */
  readonly options: Readonly<Record<string, number>>;
  /** Throws LabError for a value that cannot be; undefined when the match has an unknown meaning. */
  readonly compile: (options: readonly RuleOption[], family: Family) => Test | undefined;
}

/** An extension of iptables that stands after `-j`. */
export interface TargetModule {
  readonly name: string;
  readonly options: Readonly<Record<string, number>>;
  readonly compile: (options: readonly RuleOption[], family: Family) => Pick<Target, 'apply' | 'words'>;
}

/** A value of a rule that may be turned around by `!`. */
export interface Negatable<T> {
  readonly is: T;
  readonly negated: boolean;
}

/** One line `-A CHAIN …`. */
export interface Rule {
  /** Line in the file, from 1. */
  readonly line: number;
  /** As the dump writes it, without counters. */
  readonly text: string;
  /** Packets that have met the rule, when the dump counts them. */
  readonly packets: number | undefined;
  readonly source: Negatable<Network> | undefined;
  readonly destination: Negatable<Network> | undefined;
  readonly inInterface: Negatable<string> | undefined;
  readonly outInterface: Negatable<string> | undefined;
  readonly protocol: Negatable<string> | undefined;
  readonly matches: readonly Match[];
  readonly comment: string | undefined;
  /** Absent for a rule that only counts. */
  readonly target: Target | undefined;
}

/** A chain of one table. */
export interface Chain {
  readonly name: string;
  readonly line: number;
  /** For built-in chains only. */
  readonly policy: 'ACCEPT' | 'DROP' | undefined;
  readonly rules: readonly Rule[];
}

/** A table of one family. */
export interface Table {
  readonly name: string;
  readonly family: Family;
  readonly line: number;
  readonly chains: ReadonlyMap<string, Chain>;
}

/** What a section of iptables-save holds. */
export interface IptablesRuleSet extends RuleSet {
  readonly kind: 'iptables';
  readonly tables: readonly Table[];
}

/** A built-in chain's place among the hooks. */
export interface BuiltIn {
  readonly hook: Hook;
  readonly priority: number;
  readonly type: 'filter' | 'nat' | 'route';
}
