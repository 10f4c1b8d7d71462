import type * as z from 'zod';
import type { Place } from '../errors.ts';
import type { ManifestObject } from '../manifest/parse.ts';
import type { HeldConnection } from './held-connection.ts';
import type { Session } from './session.ts';

/** Modes of the proxy that a scenario can be run with. */
export const modes = ['iptables', 'nftables'] as const;
/** Releases of Kubernetes that a scenario can be run with. */
export const releases = ['1.8', '1.20', '1.36'] as const;

/** One column of the matrix: which proxy a lab has. */
export interface Setting {
  readonly mode: (typeof modes)[number];
  readonly release: (typeof releases)[number];
}

/** Where something applies; everywhere when a list is absent. */
export interface Only {
  readonly modes?: readonly Setting['mode'][] | undefined;
  readonly releases?: readonly Setting['release'][] | undefined;
}

/** A scenario file that was read: the objects of its lab, and what is to happen in it. */
export interface Scenario {
  readonly name: string;
  /** What it shows. */
  readonly about: string;
  readonly file: string;
  readonly manifests: readonly ManifestObject[];
  readonly only: Only;
  /** Whether the steps begin only when every Pod is ready. */
  readonly waitForPods: boolean;
  readonly steps: readonly PlannedStep[];
}

/** One step of a scenario, ready to be run. */
export interface PlannedStep {
  readonly kind: string;
  /** The author's words, or what the step does. */
  readonly text: string;
  readonly place: Place;
  readonly only: Only;
  /** Throws Mismatch when the lab behaves otherwise. */
  readonly run: (context: StepContext) => Promise<void>;
}

/** What steps work with. */
export interface StepContext {
  readonly session: Session;
  readonly setting: Setting;
  /** What earlier steps remembered, by name. */
  readonly variables: Map<string, string>;
  /** Connections that are held open, by name. */
  readonly connections: Map<string, HeldConnection>;
}

/** What a step's definition may ask about the place it was written at. */
export interface StepSource {
  /** Place of a field of the step. */
  locate(field: string): Place;
  /** The steps that a field of the step holds. Throws all their faults at once. */
  steps(values: readonly unknown[], field: string): readonly PlannedStep[];
}

/** A kind of step: its key in a scenario file, its fields, and what it does. A new kind is a file and a line in steps/registry.ts. */
export interface StepKind {
  readonly name: string;
  readonly schema: z.ZodType;
  /** The step in words and what it does. The value fits the schema. Throws LabError for what the schema cannot say. */
  readonly plan: (value: unknown, source: StepSource) => Pick<PlannedStep, 'text' | 'run'>;
}

/** A kind of step whose value has a type. */
export interface TypedStepKind<T> {
  readonly name: string;
  readonly schema: z.ZodType<T>;
  readonly plan: (value: T, source: StepSource) => Pick<PlannedStep, 'text' | 'run'>;
}

/** The kind without the type of its value, for the registry. */
export function stepKind<T>({ name, schema, plan }: TypedStepKind<T>): StepKind {
  return { name, schema, plan: (value, source) => plan(schema.parse(value), source) };
}
