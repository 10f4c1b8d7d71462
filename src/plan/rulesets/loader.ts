import type { Ruleset } from '../desired.ts';

/** How one kind of rules gets into the kernel: texts for its loader, to be loaded one after the other. */
export interface RulesetLoader<R extends Ruleset> {
  /** Loads the rules into a namespace that has none of them. */
  readonly load: (ruleset: R) => readonly string[];
  /** Turns rules that are loaded into others; none when nothing changed. */
  readonly change: (before: R, after: R) => readonly string[];
  /** Takes loaded rules out, and nothing else. */
  readonly removal: (ruleset: R) => readonly string[];
  /** Puts right what differs in a dump of the namespace's rules; none when nothing does. */
  readonly repair: (saved: string, wanted: R) => readonly string[];
  /** Takes out what earlier changes had to leave behind for a while, and which does no harm. */
  readonly cleanup?: (saved: string, wanted: R) => readonly string[];
}
