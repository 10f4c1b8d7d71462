import type { StringMap } from '../../src/kinds/types/meta.ts';

/** An object as a manifest gives it, before defaults. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels?: StringMap; readonly annotations?: StringMap };
  readonly [field: string]: unknown;
}

/** One change of a running cluster; `delete` names an object as kubectl does, `pod/p0`. */
export type Change =
  | { readonly apply: readonly Manifest[] }
  | { readonly delete: string; readonly gracePeriodSeconds?: number };

/** A cluster and what changes in it, one thing after the other. Model, walk and kernel are compared at each point. */
export interface Story {
  /** What a lab is started with and keeps: its Lab object, and flannel's configuration. */
  readonly ground: readonly Manifest[];
  /** The other objects that are there from the beginning. */
  readonly objects: readonly Manifest[];
  readonly changes: readonly Change[];
}

/** One connection of which two of model, walk and kernel say different things. */
export interface Difference {
  /** After how many of the story's changes. */
  readonly at: number;
  readonly from: string;
  readonly to: string;
  /** What it is an example of: `NodePort default/s0 on node1`. */
  readonly about: string;
  /** What differs, in one sentence. */
  readonly difference: string;
}

/** A difference on one line. */
export function describeDifference({ at, from, to, about, difference }: Difference): string {
  const when = at === 0 ? '' : ` after change ${at}`;
  return `${from} → ${to} (${about})${when}: ${difference}`;
}

/** A story in which the model is not agreed with. */
export interface Finding {
  /** By whom: a kernel, or the rules when they are walked. */
  readonly level: 'kernel' | 'paper';
  readonly seed: number;
  /** Story of that seed, counted from 0. */
  readonly number: number;
  /** As small as it got, or as it was when it could not be made to happen in a lab of its own. */
  readonly story: Story;
  readonly differences: readonly Difference[];
  /** Whether it happened again in a new lab. */
  readonly again: boolean;
}

/** How long to hunt, and for what. */
export interface HuntOptions {
  readonly seed: number;
  readonly milliseconds: number;
  /** Milliseconds to make one finding smaller. */
  readonly shrinkMilliseconds: number;
  /** Findings after which it ends. */
  readonly findingsAtMost: number;
}

/** What a hunt came to. */
export interface Hunt {
  readonly level: Finding['level'];
  /** Labs that were started, or on paper thought of. */
  readonly labs: number;
  /** Clusters that were compared: each story at its beginning and after each change. */
  readonly clusters: number;
  readonly connections: number;
  readonly findings: readonly Finding[];
}
