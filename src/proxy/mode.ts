import type { Family } from '../net/address.ts';
import type { Ruleset } from '../plan/desired.ts';
import type { ProxyModeName } from './config.ts';
import type { ProxyInput, ProxyRelease } from './types.ts';

/** The proxy of one node and family in one mode. */
export interface Proxier {
  readonly rulesets: (input: ProxyInput) => readonly Ruleset[];
}

/** A way of programming the kernel: what it needs to be offered by `svclab rules`. */
export interface ProxyMode {
  readonly name: ProxyModeName;
  /** Releases of kube-proxy that had it. */
  readonly releases: readonly ProxyRelease[];
  /** Families that one text holds unless one is asked for. */
  readonly defaultFamilies: readonly Family[];
  /** Computes what a node wants again and again, remembering what it made of Services that did not change. */
  readonly createProxier: () => Proxier;
  /** The rules as text for the mode's own loader into an empty namespace. */
  readonly text: (input: ProxyInput) => string;
}
