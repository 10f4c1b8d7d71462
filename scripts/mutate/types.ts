/** A command that is typed at a target of the lab. */
export interface Typed {
  readonly argv: readonly string[];
  /** Text for its standard input. */
  readonly input?: string;
}

/** A command, or how to find it. */
export type Change = Typed | ((place: Place) => Promise<Typed>);

/** One small change of a lab that works. */
export interface Mutant {
  /** What is changed, in a few words; the same for all mutants of the kind: `iptables: a rule is gone`. */
  readonly kind: string;
  /** Where: a node, `fabric`, `client/laptop`, `pod/NAME`. */
  readonly target: string;
  /** What exactly, such as the rule. With kind and target it names the mutant. */
  readonly what: string;
  /** What to type for it; asks the place where the rule is by now. Throws when it is not there. */
  readonly change: Change;
  /** Puts right what `svclab sync` leaves alone because nobody asked for it. */
  readonly undo?: Typed;
  /** Why it changes nothing that anybody could see; known by how it was made. */
  readonly neutral?: string;
}

/** Where mutants are made from: what a target of the running lab shows. */
export interface Place {
  readonly target: string;
  /** What a command prints there. Throws when it fails. */
  readonly read: (...argv: readonly string[]) => Promise<string>;
}

/** What became of a mutant. */
export interface Result {
  readonly mutant: Mutant;
  readonly mode: Mode;
  /** `not made`: the kernel did not take it, so there is nothing to be seen. */
  readonly verdict: 'caught' | 'neutral' | 'missed' | 'not made';
  /** What verify saw, why the mutant changes nothing, or why verify is blind to it; empty when nobody knows. */
  readonly why: string;
  /** Whether `svclab sync` found it by itself. */
  readonly repaired: boolean;
  /** What differed afterwards from what was there before; absent when nothing did. */
  readonly left?: string;
}

/** Proxy modes that labs are mutated in. */
export const modes = ['iptables', 'nftables'] as const;

/** A proxy mode. */
export type Mode = (typeof modes)[number];
